import { readFileSync, writeFileSync } from 'node:fs';
import { httpManifestFile } from '../slack/manifest.ts';
import { reportDocument } from './report-document.ts';

writeFileSync('docs/report.md', reportDocument());
writeFileSync('docs/manifest.http.json', httpManifestFile(readFileSync('manifest.json', 'utf8')));

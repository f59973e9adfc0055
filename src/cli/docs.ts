import { readFileSync, writeFileSync } from 'node:fs';
import { loadRegistry } from '../diagnostics/registry.ts';
import { httpManifestFile } from '../slack/manifest.ts';
import { checksDocument } from './checks-document.ts';
import { reportDocument } from './report-document.ts';

writeFileSync('docs/report.md', reportDocument());
writeFileSync('docs/checks.md', checksDocument(await loadRegistry()));
writeFileSync('docs/manifest.http.json', httpManifestFile(readFileSync('manifest.json', 'utf8')));

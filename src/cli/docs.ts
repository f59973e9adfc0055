import { readFileSync, writeFileSync } from 'node:fs';
import { exampleTarget, plainTarget } from '../config/example.ts';
import { loadRegistry } from '../diagnostics/registry.ts';
import { loadRemediations } from '../remediations/registry.ts';
import { httpManifestFile } from '../slack/manifest.ts';
import { checksDocument } from './checks-document.ts';
import { remediationsDocument } from './remediations-document.ts';
import { reportDocument } from './report-document.ts';

writeFileSync('docs/report.md', reportDocument());
writeFileSync('docs/checks.md', checksDocument(await loadRegistry()));
writeFileSync('docs/remediations.md', remediationsDocument(await loadRemediations(), exampleTarget(), plainTarget()));
writeFileSync('docs/manifest.http.json', httpManifestFile(readFileSync('manifest.json', 'utf8')));

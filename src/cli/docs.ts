import { writeFileSync } from 'node:fs';
import { reportDocument } from './report-document.ts';

writeFileSync('docs/report.md', reportDocument());

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { reportDocument } from '../../src/cli/report-document.ts';

it('docs/report.md is what the schema of the report says ("npm run docs" makes it anew)', () => {
  expect(readFileSync('docs/report.md', 'utf8')).toBe(reportDocument());
});

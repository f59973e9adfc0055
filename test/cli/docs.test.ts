import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checksDocument } from '../../src/cli/checks-document.ts';
import { remediationsDocument } from '../../src/cli/remediations-document.ts';
import { reportDocument } from '../../src/cli/report-document.ts';
import { exampleTarget, plainTarget } from '../../src/config/example.ts';
import { loadRegistry } from '../../src/diagnostics/registry.ts';
import { loadRemediations } from '../../src/remediations/registry.ts';

describe('generated pages are what the definitions say ("npm run docs" makes them anew)', () => {
  it('docs/report.md', () => expect(readFileSync('docs/report.md', 'utf8')).toBe(reportDocument()));
  it('docs/checks.md', async () => expect(readFileSync('docs/checks.md', 'utf8')).toBe(checksDocument(await loadRegistry())));
  it('docs/remediations.md', async () =>
    expect(readFileSync('docs/remediations.md', 'utf8')).toBe(
      remediationsDocument(await loadRemediations(), exampleTarget(), plainTarget()),
    ));
});

import { describe, expect, it } from 'vitest';
import { filesAsMarkdown, filesInPieces } from '../../../src/slack/render/bundle-files.ts';

const files = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ path: `evidence/${index}.json`, bytes: 1, sha256: String(index).padStart(64, '0') }));

describe('the files of a bundle', () => {
  it('are what sha256sum reads, folded away', () => {
    expect(filesAsMarkdown(files(2))).toBe(
      `<details><summary>SHA-256 of the 2 files of the support bundle</summary>\n\n\`\`\`\n${'0'.repeat(64)}  evidence/0.json\n${'1'.padStart(64, '0')}  evidence/1.json\n\`\`\`\n\n</details>`,
    );
    expect(filesAsMarkdown([])).toBe('');
  });

  it('fit into an issue and into a modal, and say how many are left out', () => {
    const text = filesAsMarkdown(files(2_000));
    expect(text.length).toBeLessThan(45_000);
    expect(text).toMatch(/and \d+ more, which `manifest.json` in the archive names/);
    const pieces = filesInPieces(files(2_000));
    expect(pieces.length).toBeLessThan(40);
    for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(2_900);
    expect(text).toContain(pieces.join('\n'));
  });

  it('end no block of code by their names', () => {
    expect(filesAsMarkdown([{ path: '```\n<b>', bytes: 1, sha256: 'a' }])).toContain('a  ?????b?');
  });
});

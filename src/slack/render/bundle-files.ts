import type { BundledFile } from '../../store/bundles.ts';

/** GitHub takes 65,536 characters; the report has its share. */
const LONGEST_LIST = 40_000;
/** One text of a modal. */
const LONGEST_PIECE = 2_900;

/** What `sha256sum --check` reads, a line for each file: as many as fit, and how many are left out. */
function checksums(files: readonly BundledFile[]): { readonly lines: readonly string[]; readonly left: number } {
  const lines: string[] = [];
  let length = 0;
  for (const { path, sha256 } of files) {
    const line = `${sha256}  ${path.replaceAll(/[\r\n`<>&]/g, '?')}`;
    length += line.length + 1;
    if (length > LONGEST_LIST) break;
    lines.push(line);
  }
  return { lines, left: files.length - lines.length };
}

/** The files of a bundle as Markdown, folded away; empty where there are none. */
export function filesAsMarkdown(files: readonly BundledFile[]): string {
  if (files.length === 0) return '';
  const { lines, left } = checksums(files);
  const more = left === 0 ? '' : `\n\nand ${left} more, which \`manifest.json\` in the archive names`;
  const title = `SHA-256 of the ${files.length} files of the support bundle`;
  return `<details><summary>${title}</summary>\n\n\`\`\`\n${lines.join('\n')}\n\`\`\`${more}\n\n</details>`;
}

/** The same in pieces for a modal. */
export function filesInPieces(files: readonly BundledFile[]): string[] {
  const pieces: string[] = [];
  for (const line of checksums(files).lines) {
    const last = pieces.at(-1);
    if (last !== undefined && last.length + line.length < LONGEST_PIECE) pieces[pieces.length - 1] = `${last}\n${line}`;
    else pieces.push(line.slice(0, LONGEST_PIECE));
  }
  return pieces;
}

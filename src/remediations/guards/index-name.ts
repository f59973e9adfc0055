import { createHash } from 'node:crypto';

const LONGEST = 63;

/** The same table and columns always give the same name, so that a second build of the same index cannot be begun. */
export function indexName(table: string, columns: readonly string[]): string {
  const plain = `hotswap_${[table, ...columns]
    .join('_')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]/g, '_')}_idx`;
  if (plain.length <= LONGEST) return plain;
  const mark = createHash('sha256')
    .update(JSON.stringify([table, ...columns]))
    .digest('hex')
    .slice(0, 8);
  return `${plain.slice(0, LONGEST - 13)}_${mark}_idx`;
}

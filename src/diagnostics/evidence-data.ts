import type { Collected, Evidence, Source } from './types.ts';

/** What a source read; undefined where it is missing, or nobody asked for it. */
export function dataOf<Data>({ id }: Source<Data>, evidence: ReadonlyMap<string, Evidence<unknown>>): Data | undefined {
  const found = evidence.get(id);
  return found?.kind === 'collected' ? (found as Collected<Data>).data : undefined; // a source's evidence is stored under its own id
}

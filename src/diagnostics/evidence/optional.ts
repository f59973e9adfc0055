import type { Collected, Source, SourceContext } from '../types.ts';

/** What another source read; null where that is missing: much can be said without it. */
export function ifSeen<Data>({ require }: Pick<SourceContext, 'require'>, source: Source<Data>): Promise<Collected<Data> | null> {
  return require(source).catch(() => null);
}

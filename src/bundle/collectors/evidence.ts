import type { Registry } from '../../diagnostics/registry.ts';
import type { Evidence, Source } from '../../diagnostics/types.ts';
import { json } from '../layout.ts';
import { openReading } from '../reading.ts';
import { defineCollector, type Shortfall } from '../types.ts';

/** Everything that a diagnosis reads, each with the command that asks the same: PostgreSQL, Prometheus, Vault, the hub and the rest. */
export const evidence = defineCollector({
  id: 'evidence',
  title: 'What a diagnosis reads',
  async *collect(context) {
    const found = await openReading(context).collect(sourcesOf(context.registry));
    for (const shortfall of shortfalls(found)) context.lacks(shortfall);
    for (const [id, read] of found) yield { path: pathOf(id), content: json(read) };
  },
});

function sourcesOf({ checks, shows }: Registry): Iterable<Source<unknown>> {
  const sources = [...checks.values(), ...shows.values()].flatMap((one) => one.sources);
  return new Map(sources.map((source): [string, Source<unknown>] => [source.id, source])).values();
}

const pathOf = (id: string) => `evidence/${id}.json`;

type Found = ReadonlyMap<string, Evidence<unknown>>;

/** What lacks for a reason of its own, with what is built on it; the file of each says so as well. */
function shortfalls(found: Found): Shortfall[] {
  return [...found].flatMap(([id, read]) => {
    const gap = read.kind === 'missing' ? read : read.gap;
    if (gap === null || reasonBehind(id, found) !== id) return [];
    const others = [...found.keys()].filter((other) => other !== id && reasonBehind(other, found) === id);
    const consequence = others.length === 0 ? '' : ` Nothing could be made of it for ${others.sort().join(', ')}.`;
    return [{ what: pathOf(id), reason: `${gap.message}${consequence}`, mend: gap.mend }];
  });
}

/** The source that lacks by itself, where this one is built on others. */
function reasonBehind(id: string, found: Found): string {
  const read = found.get(id);
  return read?.kind === 'missing' && read.builtOn !== undefined && found.has(read.builtOn) ? reasonBehind(read.builtOn, found) : id;
}

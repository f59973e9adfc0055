import { loadCollectors } from '../../src/bundle/contents.ts';
import { exampleTarget } from '../../src/config/example.ts';
import { loadRegistry } from '../../src/diagnostics/registry.ts';
import type { Source as AnySource } from '../../src/diagnostics/types.ts';
import { loadRemediations } from '../../src/remediations/registry.ts';

export type Source = Pick<AnySource<unknown>, 'id' | 'permission'>;

/** Every source that a check, a table or the plan of a remediation reads, and what the bundle reads beside them. */
export async function everySource(): Promise<readonly Source[]> {
  const { checks, shows } = await loadRegistry();
  const target = exampleTarget();
  const planned = [...(await loadRemediations()).values()].flatMap(({ needs, parse, manual }) =>
    Object.values(needs(parse(manual.example, target), target)),
  );
  const collected = (await loadCollectors()).flatMap(({ id, permission }) =>
    permission === undefined ? [] : [{ id: `bundle ${id}`, permission }],
  );
  const all: Source[] = [...[...checks.values(), ...shows.values()].flatMap(({ sources }) => sources), ...planned, ...collected];
  return [...new Map(all.map((source) => [source.id, source])).values()];
}

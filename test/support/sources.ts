import { exampleTarget } from '../../src/config/example.ts';
import { loadRegistry } from '../../src/diagnostics/registry.ts';
import type { Source as AnySource } from '../../src/diagnostics/types.ts';
import { loadRemediations } from '../../src/remediations/registry.ts';

export type Source = Pick<AnySource<unknown>, 'id' | 'permission'>;

/** Every source that a check, a table or the plan of a remediation reads. */
export async function everySource(): Promise<readonly Source[]> {
  const { checks, shows } = await loadRegistry();
  const target = exampleTarget();
  const planned = [...(await loadRemediations()).values()].flatMap(({ needs, parse, manual }) =>
    Object.values(needs(parse(manual.example, target), target)),
  );
  const all = [...[...checks.values(), ...shows.values()].flatMap(({ sources }) => sources), ...planned];
  return [...new Map(all.map((source) => [source.id, source])).values()];
}

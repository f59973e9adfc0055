import { expect, it } from 'vitest';
import { deployment } from '../../../src/diagnostics/evidence/deployment.ts';
import { pods } from '../../../src/diagnostics/evidence/pods.ts';
import { showPods } from '../../../src/diagnostics/shows/show.pods.ts';
import type { Evidence } from '../../../src/diagnostics/types.ts';
import { context, given } from '../support/evidence.ts';
import { deploymentOf, podOf } from '../support/samples.ts';

const evidence = new Map<string, Evidence<unknown>>([
  [pods.id, given(pods, [podOf('a'), podOf('b')])],
  [deployment.id, given(deployment, deploymentOf())],
]);

it('lists each pod with its state, or the one that was asked for', () => {
  const [table] = showPods.tables(evidence, context);
  expect(table?.rows.map(([name, state]) => [name, state])).toEqual([
    ['a', 'ready'],
    ['b', 'ready'],
  ]);
  expect(table?.note).toContain('wants 3 replicas');
  expect(showPods.tables(evidence, { ...context, question: { pod: 'b' } })[0]?.rows).toHaveLength(1);
  expect(showPods.tables(evidence, { ...context, question: { pod: 'c' } })[0]?.note).toContain('has no pod "c"');
});

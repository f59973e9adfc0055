import { expect, it } from 'vitest';
import { type ClusterEvent, events } from '../../../src/diagnostics/evidence/events.ts';
import { showEvents } from '../../../src/diagnostics/shows/show.events.ts';
import { ago, context, given } from '../support/evidence.ts';

const eventOf = (name: string, ageSeconds: number, changes: Partial<ClusterEvent> = {}): ClusterEvent => ({
  kind: 'Pod',
  name,
  warning: true,
  reason: 'BackOff',
  note: 'Back-off restarting failed container',
  count: 4,
  at: ago(ageSeconds),
  ...changes,
});
const evidence = new Map([
  [
    events.id,
    given(events, [
      eventOf('a', 900),
      eventOf('b', 30),
      eventOf('a', 60, { kind: 'ReplicaSet', warning: false, reason: 'SuccessfulCreate' }),
    ]),
  ],
]);
const shown = (question = {}) => showEvents.tables(evidence, { ...context, question })[0];

it('lists events by when they were last seen, the newest first', () => {
  expect(shown()?.rows.map((row) => row.slice(0, 5))).toEqual([
    ['30 s ago', 'Warning', 'BackOff', 'Pod/b', '4'],
    ['60 s ago', 'Normal', 'SuccessfulCreate', 'ReplicaSet/a', '4'],
    ['15 min ago', 'Warning', 'BackOff', 'Pod/a', '4'],
  ]);
});

it('lists those of a pod, and those of a time', () => {
  expect(shown({ pod: 'a' })?.rows.map(([, , , object]) => object)).toEqual(['Pod/a']);
  expect(shown({ sinceSeconds: 60 })?.rows).toHaveLength(2);
  expect(shown({ pod: 'a', sinceSeconds: 60 })).toMatchObject({
    rows: [],
    note: expect.stringContaining('There is none of the pod a in the last 60 s'),
  });
});

it('lists nothing where events could not be read', () => expect(showEvents.tables(new Map(), context)).toEqual([]));

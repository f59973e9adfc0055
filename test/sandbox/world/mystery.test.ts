import { beforeEach, describe, expect, it } from 'vitest';
import { defineIncident, type Incident } from '../../../sandbox/incident.ts';
import { draws } from '../../../sandbox/random.ts';
import type { IncidentRunner, IncidentStatus } from '../../../sandbox/world/incident-runner.ts';
import { type Mystery, openMystery } from '../../../sandbox/world/mystery.ts';

const incident = (id: string, more: Partial<Incident> = {}): Incident =>
  defineIncident({
    id,
    title: `Somebody notices ${id.length}`,
    truth: `cause.${id}`,
    topic: 'latency',
    start: async () => ({ ready: async () => true, stop: async () => {} }),
    ...more,
  });

const incidents = new Map(
  [incident('one'), incident('other'), incident('healthy', { truth: null }), incident('harmless', { benign: true })].map((each) => [
    each.id,
    each,
  ]),
);

/** Starts at once, and is ready at once. */
function runner(): IncidentRunner {
  const states = new Map<string, IncidentStatus['state']>([...incidents.keys()].map((id) => [id, 'idle']));
  const set = (id: string, from: IncidentStatus['state'], to: IncidentStatus['state']): boolean => {
    if (states.get(id) !== from) return false;
    states.set(id, to);
    return true;
  };
  return {
    status: async () =>
      [...incidents.values()].map(({ id, title, topic }) => ({ id, title, topic, state: states.get(id) ?? 'idle', detail: 'since 1 s' })),
    start: async (id) => set(id, 'idle', 'ready'),
    stop: async (id) => set(id, 'ready', 'idle'),
    stopAll: async () => {},
  };
}

describe('breaking something unseen', () => {
  let world: IncidentRunner;
  let mystery: Mystery;

  beforeEach(() => {
    world = runner();
    mystery = openMystery(incidents, world, draws(1));
  });

  it('says what a person would notice, and the truth only when it is asked for', async () => {
    expect(await mystery.status()).toBeNull();
    expect(await mystery.reveal()).toBe(false);
    expect(await mystery.start()).toBe(true);
    const seen = await mystery.status();
    expect(seen).toMatchObject({ state: 'ready', title: expect.stringContaining('Somebody notices') });
    expect(JSON.stringify(seen)).not.toContain('cause.');
    expect(await mystery.reveal()).toBe(true);
    expect((await mystery.status())?.truth?.cause).toMatch(/^cause\.(one|other)$/);
  });

  it('hides in the list of incidents', async () => {
    await mystery.start();
    expect(new Set(mystery.conceal(await world.status()).map(({ state }) => state))).toEqual(new Set(['idle']));
  });

  it('is over when somebody else ends it', async () => {
    await mystery.start();
    for (const { id } of await world.status()) await world.stop(id);
    expect(await mystery.status()).toMatchObject({ state: 'repaired' });
    expect(await mystery.start()).toBe(true);
  });

  it('breaks one thing at a time, never the same twice in a row, and nothing that is no fault', async () => {
    const truths: (string | undefined)[] = [];
    for (let round = 0; round < 6; round++) {
      expect(await mystery.start()).toBe(true);
      expect(await mystery.start()).toBe(false);
      await mystery.reveal();
      truths.push((await mystery.status())?.truth?.incident);
      expect(await mystery.repair()).toBe(true);
      expect(await mystery.status()).toMatchObject({ state: 'repaired' });
      expect(await mystery.repair()).toBe(false);
    }
    expect(new Set(truths)).toEqual(new Set(['one', 'other']));
    expect(truths.every((truth, index) => truth !== truths[index + 1])).toBe(true);
  });

  it('can be tried again where it could not begin', async () => {
    const failing = openMystery(incidents, { ...world, start: () => Promise.reject(new Error('no such lever')) }, draws(1));
    await expect(failing.start()).rejects.toThrow('no such lever');
    expect(await failing.status()).toBeNull();
  });
});

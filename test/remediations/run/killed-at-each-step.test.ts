import { describe, expect, it } from 'vitest';
import type { Verb } from '../../../src/remediations/executor/steps.ts';
import { loadRemediations } from '../../../src/remediations/registry.ts';
import { carryOut } from '../../../src/remediations/run/carry-out.ts';
import { listSteps } from '../../../src/store/journal.ts';
import { samplePlan } from '../approvals/records.ts';
import { startExecution, target } from '../support/execution.ts';
import { KUBERNETES } from '../support/scenes/kubernetes.ts';
import { POSTGRES } from '../support/scenes/postgres.ts';
import type { Scene, Scenes } from '../support/scenes/scene.ts';
import { VAULT } from '../support/scenes/vault.ts';

const SCENES: Scenes<Verb> = { ...KUBERNETES, ...POSTGRES, ...VAULT };

/** Calls of the ports that change something; all others read. */
const WRITES: ReadonlySet<string> = new Set([
  ...['patchScale', 'patchDeployment', 'patchAutoscaler', 'patchTemplate', 'evict', 'createServiceMonitor', 'deleteServiceMonitor'],
  ...['terminateIdle', 'cancelRunning', 'startBuild', 'drop', 'dropInvalid', 'analyze', 'fail', 'requeue', 'restore', 'expire'],
  ...['undelete', 'deleteVersion', 'create'],
]);

type Around = (name: string, call: () => Promise<unknown>) => Promise<unknown>;

/** The same ports, with something around each call. */
function around<Ports extends object>(ports: Ports, each: Around): Ports {
  return new Proxy(ports, {
    get(own, name) {
      const value: unknown = Reflect.get(own, name);
      if (typeof value === 'function') return (...args: unknown[]) => each(String(name), async () => Reflect.apply(value, own, args));
      return typeof value === 'object' && value !== null ? around(value, each) : value;
    },
  });
}

/** Where the process is when it is killed. */
type Moment = 'before it is written down' | 'before the far side hears of it' | 'before its answer' | 'when its result is written down';

/** Carries a step out in a process that is killed at a moment, and lets another one go on with it. */
async function killedAt(moment: Moment, { step, ports }: Scene) {
  const remediation = [...(await loadRemediations()).values()].find(({ verbs }) => verbs.includes(step.verb));
  if (remediation === undefined) throw new Error(`nothing uses ${step.verb}`);
  const plan = { ...samplePlan(), steps: [step] };
  const calls: string[] = [];
  const log: Around = (name, call) => {
    calls.push(name);
    return call();
  };
  const here = await startExecution(around(ports, log), { remediation: remediation.id, plan });
  const dead = Promise.withResolvers<void>();
  const die = (): Promise<never> => {
    dead.resolve();
    return new Promise<never>(() => {});
  };
  const mortal: Around = async (name, call) => {
    if (!WRITES.has(name)) return log(name, call);
    if (moment === 'before the far side hears of it') return die();
    const answer = await log(name, call);
    return moment === 'before its answer' ? die() : answer;
  };
  const confirm = async (): Promise<void> => {
    calls.push('confirm');
    const [entry] = await listSteps(here.store, here.record.id);
    if (moment === 'before it is written down') await die();
    if (moment === 'when its result is written down' && entry?.result != null) await die();
  };
  await here.requests.claim(here.record.id, 'executor-a', 60);
  const context = here.context('executor-a', here.requests, around(ports, mortal));
  const first = carryOut({ record: here.record, plan, remediation, target, resumed: false, lease: { confirm, lost: false } }, context);
  await Promise.race([dead.promise, first]);
  const before = [...calls];
  await here.store.query("UPDATE requests SET lease_until = now() - interval '1 s'"); // nobody renews it
  await here.takeOver();
  const found = await here.find();
  return { state: found?.state, outcome: found?.outcome, before, writes: calls.filter((name) => WRITES.has(name)).length };
}

describe.each(Object.keys(SCENES) as Verb[])('an executor that is killed at a step of %s', { timeout: 30_000 }, (verb) => {
  // keys of SCENES
  it.each<[Moment, { readonly state: string; readonly writes: number }]>([
    ['before it is written down', { state: 'failed', writes: 0 }],
    ['before the far side hears of it', { state: 'failed', writes: 0 }],
    ['before its answer', { state: 'unverified', writes: 1 }],
    ['when its result is written down', { state: 'unverified', writes: 1 }],
  ])('%s', async (moment, { state, writes }) => {
    const ended = await killedAt(moment, await SCENES[verb]());
    expect(ended).toMatchObject({ state, writes });
    if (state === 'failed') expect(ended.outcome).toContain('Nothing was changed');
    // Whatever takes time is done before the step is confirmed to be its own: nothing stands between that and the write.
    const write = ended.before.findIndex((name) => WRITES.has(name));
    if (write >= 0) expect(ended.before[write - 1]).toBe('confirm');
  });
});

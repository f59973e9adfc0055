import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/remediations/approvals/decide.ts';
import { runnerOf } from '../../../src/remediations/executor/runner.ts';
import type { Verb } from '../../../src/remediations/executor/steps.ts';
import { loadRemediations } from '../../../src/remediations/registry.ts';
import { carryOut } from '../../../src/remediations/run/carry-out.ts';
import { listSteps } from '../../../src/store/journal.ts';
import { samplePlan, sampleRule, standing } from '../approvals/records.ts';
import { startExecution, target } from '../support/execution.ts';
import { KUBERNETES } from '../support/scenes/kubernetes.ts';
import { POSTGRES } from '../support/scenes/postgres.ts';
import type { Scene, Scenes } from '../support/scenes/scene.ts';
import { VAULT } from '../support/scenes/vault.ts';
import { stepContext } from '../support/step-context.ts';

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

/** Which step it is then at: the one of the plan, or the one that takes it back because somebody has pressed Stop. */
type Way = 'there' | 'back';

/** Carries a step out in a process that is killed at a moment, and lets another one go on with it. */
async function killedAt(moment: Moment, way: Way, scene: Scene) {
  const { step } = scene;
  const ports = way === 'back' ? around(scene.ports, unfinished) : scene.ports;
  const remediation = [...(await loadRemediations()).values()].find(({ verbs }) => verbs.includes(step.verb));
  if (remediation === undefined) throw new Error(`nothing uses ${step.verb}`);
  const plan = { ...samplePlan(), steps: [step], stop: { kind: 'revert' as const, text: 'Back at once.' } };
  const calls: string[] = [];
  const log: Around = (name, call) => {
    calls.push(name);
    return call();
  };
  const here = await startExecution(around(ports, log), { remediation: remediation.id, plan, rule: sampleRule('R2') });
  const dead = Promise.withResolvers<void>();
  const die = (): Promise<never> => {
    dead.resolve();
    return new Promise<never>(() => {});
  };
  let written = 0;
  const mortal: Around = async (name, call) => {
    if (!WRITES.has(name) || (way === 'back' && written++ === 0)) return log(name, call);
    if (moment === 'before the far side hears of it') return die();
    const answer = await log(name, call);
    return moment === 'before its answer' ? die() : answer;
  };
  /** Somebody presses Stop, once, as soon as the step is done. Whether that is now. */
  const stoppedNow = async (): Promise<boolean> => {
    const pressed = { kind: 'stop', standing: standing(here.record.requester) } as const;
    const at = new Date();
    return (await here.requests.change(here.record.id, at, (record) => decide(record, pressed, at))).kind === 'changed';
  };
  const confirm = async (): Promise<void> => {
    calls.push('confirm');
    const [first, second] = await listSteps(here.store, here.record.id);
    if (way === 'back' && (first?.result == null || (await stoppedNow()))) return;
    const entry = way === 'back' ? second : first;
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
  const runner = runnerOf(step, remediation.verbs, here.context('observer').writePorts(target));
  const reverse = runner.reverse?.(step);
  const back = way === 'back' && reverse !== undefined ? (await runner.settle(reverse, {}, stepContext())).kind : undefined;
  return { back, state: found?.state, outcome: found?.outcome, before, writes: calls.filter((name) => WRITES.has(name)).length };
}

/** What is followed does not come to an end by itself. */
const unfinished: Around = async (name, call) => {
  const answer = await call();
  if (name === 'readDeployment') return withStatus(answer, { availableReplicas: 0 });
  return name === 'readAutoscaler' ? withStatus(answer, { currentReplicas: 0 }) : answer;
};

function withStatus(answer: unknown, change: Readonly<Record<string, number>>): unknown {
  return typeof answer === 'object' && answer !== null && 'status' in answer
    ? { ...answer, status: { ...Object(answer.status), ...change } }
    : answer;
}

/** The verbs that Stop takes back. */
const TAKEN_BACK = ['k8s.scale', 'k8s.hpa_bounds', 'k8s.container_memory', 'k8s.container_env', 'k8s.pool_size'] as const;

describe.each(TAKEN_BACK)('an executor that is killed while it takes %s back', (verb) => {
  it.each<[Moment, { readonly state: string; readonly back: string; readonly writes: number }]>([
    ['before it is written down', { state: 'stopped', back: 'done', writes: 2 }],
    ['before the far side hears of it', { state: 'failed', back: 'not-done', writes: 1 }],
    ['before its answer', { state: 'stopped', back: 'done', writes: 2 }],
    ['when its result is written down', { state: 'stopped', back: 'done', writes: 2 }],
  ])('%s', async (moment, expected) => {
    const ended = await killedAt(moment, 'back', await SCENES[verb]());
    expect(ended).toMatchObject(expected);
    if (expected.state === 'failed') expect(ended.outcome).toContain('It was not taken back; Undo it, or take it back yourself.');
  });
});

describe('the verbs that Stop takes back', () => {
  it('are those whose remediations say so', async () => {
    const found = [...(await loadRemediations()).values()].flatMap(({ verbs, manual }) =>
      /at once/.test(manual.stop) ? verbs.filter((verb) => verb.startsWith('k8s.')) : [],
    );
    expect([...new Set(found)].sort()).toEqual([...TAKEN_BACK].sort());
  });
});

describe.each(Object.keys(SCENES) as Verb[])('an executor that is killed at a step of %s', (verb) => {
  // keys of SCENES
  it.each<[Moment, { readonly state: string; readonly writes: number }]>([
    ['before it is written down', { state: 'failed', writes: 0 }],
    ['before the far side hears of it', { state: 'failed', writes: 0 }],
    ['before its answer', { state: 'unverified', writes: 1 }],
    ['when its result is written down', { state: 'unverified', writes: 1 }],
  ])('%s', async (moment, { state, writes }) => {
    const ended = await killedAt(moment, 'there', await SCENES[verb]());
    expect(ended).toMatchObject({ state, writes });
    if (state === 'failed') expect(ended.outcome).toContain('Nothing was changed');
    // Whatever takes time is done before the step is confirmed to be its own: nothing stands between that and the write.
    const write = ended.before.findIndex((name) => WRITES.has(name));
    if (write >= 0) expect(ended.before[write - 1]).toBe('confirm');
  });
});

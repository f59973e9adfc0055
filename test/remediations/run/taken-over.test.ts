import { describe, expect, it } from 'vitest';
import type { KubernetesWriter } from '../../../src/clients/kubernetes-write.ts';
import type { SessionWriter } from '../../../src/clients/postgres-write.ts';
import type { Plan } from '../../../src/remediations/plan.ts';
import { loadRemediations } from '../../../src/remediations/registry.ts';
import { carryOut } from '../../../src/remediations/run/carry-out.ts';
import { LeaseLostError, whileHolding } from '../../../src/remediations/run/lease.ts';
import { beginStep, endStep, listSteps } from '../../../src/store/journal.ts';
import type { Requests } from '../../../src/store/requests.ts';
import { samplePlan } from '../approvals/records.ts';
import { type ExecutionWorld, startExecution, target, unused } from '../support/execution.ts';

const [first] = samplePlan().steps;
/** Sessions that are ended by whoever asks; what is asked is written down. */
function sessionsOf(during: (pid: number) => Promise<void> = async () => {}) {
  const asked: number[] = [];
  const ended = new Set<number>();
  const writer: Pick<SessionWriter, 'terminateIdle' | 'isGone'> = {
    async terminateIdle({ pid }) {
      asked.push(pid);
      await during(pid);
      ended.add(pid);
      return { pid, usename: 'hotswap', application_name: '', state: 'idle in transaction', last_query: '', idle_s: 60, signalled: true };
    },
    isGone: async ({ pid }) => ended.has(pid),
  };
  return { asked, writer };
}

/** Carries it out in a process that is stopped at `when`, and woken when another one has ended the request. */
async function stoppedAt({ requests, record, context, takeOver }: ExecutionWorld, when: () => Promise<boolean>): Promise<void> {
  const remediation = (await loadRemediations()).get(record.remediation);
  if (remediation === undefined || record.plan === null) throw new Error('the sample does not fit');
  let stopped: Promise<void> | undefined;
  const keep: Requests['keep'] = async (...args) => {
    if (stopped === undefined && (await when())) stopped = takeOver();
    await stopped;
    return requests.keep(...args);
  };
  const own = context('executor-a', { ...requests, keep });
  const { plan } = record;
  await whileHolding(record.id, own, async (lease) => {
    await carryOut({ record, plan, remediation, target, resumed: false, lease }, own);
  });
}

describe('an executor that is stopped for longer than its lease, and wakes', () => {
  it('before a step is written down: it begins none', async () => {
    const { asked, writer } = sessionsOf();
    const here = await startExecution({ sessions: writer });
    await expect(stoppedAt(here, async () => true)).rejects.toThrow(LeaseLostError);
    expect(asked).toEqual([]);
    expect(await listSteps(here.store, here.record.id)).toEqual([]);
    expect(await here.find()).toMatchObject({ state: 'failed', outcome: expect.stringContaining('Nothing was changed') });
  });

  it('after a step is written down, before its write: the write is never sent', async () => {
    const { asked, writer } = sessionsOf();
    const here = await startExecution({ sessions: writer });
    const written = async () => (await listSteps(here.store, here.record.id)).length > 0;
    await expect(stoppedAt(here, written)).rejects.toThrow(LeaseLostError);
    expect(asked).toEqual([]);
    expect(await listSteps(here.store, here.record.id)).toMatchObject([{ executor: 'executor-a', result: { kind: 'not-done' } }]);
    expect(await here.find()).toMatchObject({ state: 'failed', outcome: expect.stringContaining('Nothing was changed') });
  });

  it('in the middle of a write that goes through after all: it says that somebody has to look', async () => {
    const { asked, writer } = sessionsOf(() => here.takeOver());
    const here = await startExecution({ sessions: writer });
    await expect(stoppedAt(here, async () => asked.length > 0)).rejects.toThrow(LeaseLostError);
    expect(asked).toHaveLength(1);
    expect(await here.find()).toMatchObject({ state: 'unknown', outcome: expect.stringContaining('look what is there now') });
    const { rows } = await here.store.query<{ event: string }>('SELECT event FROM audit ORDER BY sequence');
    expect(rows.map(({ event }) => event)).toEqual(['requested', 'failed', 'late']);
  });
});

describe('an executor that takes over', () => {
  it('a plan of several steps says what is done and begins nothing more', async () => {
    const { asked, writer } = sessionsOf();
    if (first === undefined) throw new Error('the sample has no step');
    const plan: Plan = { ...samplePlan(), steps: [first, { ...first, verb: 'pg.terminate', pid: 4243 } as typeof first] };
    const here = await startExecution({ sessions: writer }, { plan });
    await here.requests.claim(here.record.id, 'executor-a', 0.01);
    const step = {
      requestId: here.record.id,
      step: 0,
      verb: 'pg.terminate',
      intent: first,
      mark: {},
      executor: 'executor-a',
      at: new Date(),
    };
    expect(await beginStep(here.store, step)).toBe('begun');
    await endStep(here.store, here.record.id, 0, { kind: 'done', text: 'Session 4242 was ended.', facts: {} }, new Date());
    await here.takeOver();
    expect(asked).toEqual([]);
    const found = await here.find();
    expect(found).toMatchObject({ state: 'failed', execution: { results: [{ step: 0, text: 'Session 4242 was ended.' }, { step: 1 }] } });
    expect(found?.outcome).toMatch(/before this step was begun.*the step before it changed is still so/);
  });

  it('a way back that was begun goes it to its end, and does not follow the way there', async () => {
    const scale = { verb: 'k8s.scale' as const, namespace: 'default', name: 'hotswap-api', uid: 'u1', from: 2, to: 4 };
    const plan: Plan = { ...samplePlan('R1'), steps: [scale], stop: { kind: 'revert', text: 'Scale back to 2.' } };
    const patched: unknown[] = [];
    const kubernetes: Pick<KubernetesWriter, 'readDeployment' | 'patchScale'> = {
      // Scaled back to 2 and complete, which also looks as if there were nothing more to wait for.
      readDeployment: async () => ({
        metadata: { uid: 'u1', name: 'hotswap-api', generation: 3 },
        spec: { replicas: 2, paused: false, template: { spec: { containers: [] } } },
        status: { observedGeneration: 3, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2, conditions: [] },
      }),
      patchScale: async (request) => {
        patched.push(request);
        return unused();
      },
    };
    const here = await startExecution(
      { kubernetes },
      { remediation: 'fix.k8s.scale', plan, stop: { by: 'U1', at: new Date().toISOString() } },
    );
    const { id: requestId } = here.record;
    await here.requests.claim(requestId, 'executor-a', 0.01);
    const entry = { requestId, verb: 'k8s.scale', intent: scale, mark: {}, executor: 'executor-a', at: new Date() };
    await beginStep(here.store, { ...entry, step: 0 });
    await endStep(here.store, requestId, 0, { kind: 'done', text: 'Replicas set from 2 to 4.', facts: {} }, new Date());
    expect(await beginStep(here.store, { ...entry, step: 100 })).toBe('begun');
    await here.takeOver();
    expect(patched).toEqual([]);
    expect(await here.find()).toMatchObject({ state: 'stopped', outcome: expect.stringContaining('Replicas are 2') });
  });
});

import { pino } from 'pino';
import { findTarget, type NamedTarget } from '../../../src/config/settings.ts';
import type { RequestRecord } from '../../../src/remediations/approvals/record.ts';
import type { WritePorts } from '../../../src/remediations/executor/runner.ts';
import { loadRemediations } from '../../../src/remediations/registry.ts';
import type { RunContext } from '../../../src/remediations/run/context.ts';
import { executeRequest } from '../../../src/remediations/run/execute-request.ts';
import { openRequests, type Requests } from '../../../src/store/requests.ts';
import { addRun, fixPolicy, fixSettings } from '../../support/fix-world.ts';
import { until } from '../../support/service-database.ts';
import { createStore } from '../../support/store.ts';
import { samplePlan, sampleRequest } from '../approvals/records.ts';

const LEASE_SECONDS = 1;
const settings = fixSettings({ appRole: 'hotswap' });
export const target = production();

function production(): NamedTarget {
  const found = findTarget(settings, 'production');
  if (found === undefined) throw new Error('the settings of tests have no target');
  return found;
}

export const unused = (): never => {
  throw new Error('this is not asked for here');
};

/** A request that is being carried out, in a real store, and executors that have these ports. What they wait for passes quickly. */
export async function startExecution(ports: object, change: Partial<RequestRecord> = {}) {
  const { store } = await createStore();
  const { runId } = await addRun(store, { pid: 1, backendStart: '2026-11-23T10:00:00.000000Z' });
  const requests = openRequests(store, async () => {});
  const execution = { startedAt: new Date().toISOString(), finishedAt: null, progress: null, results: [] };
  const record = sampleRequest({ state: 'executing', plan: samplePlan(), thread: runId, execution, ...change });
  await requests.create(record, { event: 'requested', actor: record.requester, details: {} }, new Date());
  const remediations = await loadRemediations();
  const context = (instance: string, own: Requests = requests, itsPorts = ports): RunContext => ({
    ...{ store, requests: own, settings, remediations, instance, leaseSeconds: LEASE_SECONDS },
    policy: { current: () => fixPolicy() },
    log: pino({ level: 'silent' }),
    signal: new AbortController().signal,
    target: (name) => findTarget(settings, name),
    writePorts: () => itsPorts as WritePorts, // a step asks for the one that its verb needs
    collect: unused,
    examine: unused,
    findRun: async () => null,
    dryRun: false,
    verifySignature: unused,
    diagnoseAgain: unused,
    enqueue: unused,
    now: () => new Date(),
    newId: unused,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 5))),
  });
  const find = async () => requests.find(record.id);
  const isOver = async () => (await find())?.state !== 'executing';
  /** Another executor goes on with it as soon as the lease of the first one has ended. */
  let taking: Promise<void> | undefined;
  const takeOver = () => {
    taking ??= until(async () => {
      await executeRequest(record.id, context('executor-b'));
      return isOver();
    }, 'the other executor ends it');
    return taking;
  };
  return { store, requests, record, context, takeOver, find };
}
export type ExecutionWorld = Awaited<ReturnType<typeof startExecution>>;

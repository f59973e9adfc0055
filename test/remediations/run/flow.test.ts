import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { startFixProcess } from '../../../src/bot/fix-process.ts';
import { openProducer } from '../../../src/queue/producer.ts';
import type { Action } from '../../../src/remediations/approvals/actions.ts';
import { decide } from '../../../src/remediations/approvals/decide.ts';
import { RequestRecord } from '../../../src/remediations/approvals/record.ts';
import type { Examination } from '../../../src/remediations/run/context.ts';
import { drawRequest } from '../../../src/slack/request-view.ts';
import { listAudit } from '../../../src/store/audit.ts';
import { verifyAuditChain } from '../../../src/store/audit-chain.ts';
import { findBaseline } from '../../../src/store/baselines.ts';
import { beginFreeze, liftFreeze } from '../../../src/store/freezes.ts';
import { openRequests } from '../../../src/store/requests.ts';
import { listThreadRuns } from '../../../src/store/runs.ts';
import { startCluster } from '../../support/cluster.ts';
import { addRun, examineLocks, fixPolicy, fixSettings } from '../../support/fix-world.ts';
import { createServiceDatabase, until } from '../../support/service-database.ts';
import { createStore } from '../../support/store.ts';
import { sampleRequest, standing } from '../approvals/records.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Options {
  readonly replicas?: number;
  readonly bounds?: readonly [number, number];
  readonly policy?: Parameters<typeof fixPolicy>[0];
  readonly metadata?: object;
  readonly dryRun?: boolean;
}

/** A cluster, a database, a store and an executor; the diagnosis says what `sick` says. */
async function world({ replicas = 2, bounds, policy = {}, metadata, dryRun = false }: Options = {}) {
  const { store, url } = await createStore();
  const database = await createServiceDatabase();
  const cluster = await startCluster({
    replicas,
    ...(bounds === undefined ? {} : { bounds }),
    ...(metadata === undefined ? {} : { metadata }),
  });
  const { runId } = await addRun(store, { pid: 1, backendStart: '2026-11-23T10:00:00.000000Z' });
  const state = { sick: false, blind: false, looks: 0, policy: fixPolicy(policy) };
  const endpoints: Readonly<Record<string, string>> = {
    READ_URL: database.readUrl,
    FIX_URL: database.fixUrl,
    OWNER_URL: database.ownerUrl,
  };
  const examine = async (before: Parameters<typeof examineLocks>[0]): Promise<Examination | null> => {
    state.looks += 1;
    return state.blind ? null : examineLocks(before, state.sick ? 3 : 0);
  };
  const executor = await startFixProcess({
    settings: fixSettings(database),
    policy: { current: () => state.policy },
    storeUrl: url,
    queue: { kind: 'postgres', url },
    kubeconfig: cluster.kubeconfigPath,
    endpoint: (name) => (name === undefined ? undefined : endpoints[name]),
    secrets: [],
    instance: 'executor-test',
    dryRun,
    log: pino({ level: 'silent' }),
    examine: ({ before }) => examine(before),
  });
  closing.push(() => executor.stop());
  const jobs = openProducer('remediate', { kind: 'postgres', url }, () => {});
  closing.push(() => jobs.close());
  const wake = (requestId: string, intent: 'plan' | 'execute') =>
    jobs.add({ requestId, intent }, { jobId: `${intent}-${requestId}`, timeoutMs: 60_000 });
  const requests = openRequests(store, drawRequest);
  const get = async (id: string): Promise<RequestRecord> => RequestRecord.parse(await requests.find(id));
  const act = async (id: string, make: (record: RequestRecord) => Action) => {
    const at = new Date();
    return requests.change(id, at, (record) => decide(record, make(record), at));
  };
  return {
    ...{ store, database, cluster, runId, state, requests, get, act },
    deployment: () => cluster.get('deployments', 'default', 'hotswap-api'),
    async ask(remediation: string, params: RequestRecord['params'], change: Partial<RequestRecord> = {}): Promise<string> {
      const record = sampleRequest({ id: randomUUID(), remediation, title: remediation, params, thread: runId, run: runId, ...change });
      await requests.create(record, { event: 'requested', actor: record.requester, details: {} }, new Date());
      await wake(record.id, 'plan');
      return record.id;
    },
    /** Asks for a fix without a diagnosis, in a thread of its own. */
    async openAlone(remediation: string, params: RequestRecord['params']): Promise<string> {
      const alone = { run: null, cause: null, thread: randomUUID() };
      const record = sampleRequest({ id: randomUUID(), remediation, title: remediation, params, ...alone });
      await requests.open(record, { event: 'requested', actor: record.requester, details: {} }, new Date());
      await wake(record.id, 'plan');
      return record.id;
    },
    async approve(id: string, by = 'U1') {
      const outcome = await act(id, (record) => ({
        kind: 'approve',
        standing: standing(by),
        fingerprint: record.fingerprint ?? '',
        via: 'slack',
        reason: '',
      }));
      if (outcome.kind === 'changed' && outcome.record.state === 'approved') await wake(id, 'execute');
      return outcome;
    },
    async becomes(id: string, wanted: RequestRecord['state']): Promise<RequestRecord> {
      await until(async () => (await get(id)).state === wanted, `request becomes ${wanted}`).catch(async (error: unknown) => {
        const { state: found, outcome, refusal } = await get(id);
        throw new Error(`${String(error)}; it is ${found}: ${outcome} ${refusal?.code}`);
      });
      return get(id);
    },
  };
}

describe('a fix without a diagnosis', () => {
  it('is compared with how it stood right before', async () => {
    const { approve, becomes, state, store, openAlone } = await world();
    state.sick = true;
    const id = await openAlone('fix.k8s.restart', { jobs: 'override' });
    await becomes(id, 'awaiting-approval');
    await approve(id);
    await until(async () => (await findBaseline(store, id)) !== null, 'a baseline is taken');
    state.sick = false;
    const ended = await becomes(id, 'fixed');
    expect(ended.verification?.readings).toContainEqual(expect.objectContaining({ check: 'pg.locks', verdict: 'ok' }));
    expect((await findBaseline(store, id))?.topic).toBe('auto');
  });

  it('says so where it could not be looked at before', async () => {
    const { approve, becomes, state, openAlone } = await world();
    state.blind = true;
    const id = await openAlone('fix.k8s.scale', { replicas: 4 });
    await becomes(id, 'awaiting-approval');
    await approve(id);
    expect((await becomes(id, 'unverified')).outcome).toContain('could not be looked at before the fix');
  });

  it('is looked at once where nothing was wrong before: no other look could say more', async () => {
    const { approve, becomes, state, openAlone } = await world();
    const id = await openAlone('fix.k8s.scale', { replicas: 4 });
    await becomes(id, 'awaiting-approval');
    await approve(id);
    expect((await becomes(id, 'unverified')).outcome).toMatch(/^It was done\. Nothing that it is known to mend.*is good now\.$/);
    expect(state.looks).toBe(2); // before and after
  });

  it.each<[string, string, RequestRecord['params'], 'not-fixed' | 'unverified', RegExp]>([
    ['it does not help', 'fix.k8s.restart', { jobs: 'override' }, 'not-fixed', /^Still there/],
    ['something is wrong that it is not for', 'fix.k8s.scale', { replicas: 4 }, 'unverified', /by something else: 3 sessions wait/],
  ])('diagnoses in its own thread where %s, and proposes what helps', async (_, remediation, params, state, outcome) => {
    const { approve, becomes, state: service, store, get, openAlone } = await world();
    service.sick = true;
    const id = await openAlone(remediation, params);
    await becomes(id, 'awaiting-approval');
    await approve(id);
    const ended = await becomes(id, state);
    expect(ended.outcome).toMatch(outcome);
    expect(ended.next).toMatchObject({ remediation: 'fix.pg.terminate_idle_tx' });
    const { thread } = await get(id);
    await until(async () => (await listThreadRuns(store, thread)).length === 1, 'a run in the thread of the fix');
  });
});

describe('a fix that does not help', () => {
  it('ends as not fixed with its numbers, starts a new diagnosis, and can be undone', async () => {
    const { ask, approve, becomes, state, store, runId, deployment, requests, get, act } = await world();
    state.sick = true;
    const id = await ask('fix.k8s.scale', { replicas: 4 });
    const planned = await becomes(id, 'awaiting-approval');
    expect(planned).toMatchObject({ rule: { quorum: 1 }, plan: { risk: 'R1', changes: [{ before: '2', after: '4' }] } });
    await approve(id);
    const ended = await becomes(id, 'not-fixed');
    expect(deployment()?.spec.replicas).toBe(4);
    expect(ended.verification?.readings).toContainEqual(
      expect.objectContaining({ check: 'pg.locks', after: '3 sessions wait for a lock.', verdict: 'fail' }),
    );
    await until(async () => (await listThreadRuns(store, runId)).length === 2, 'a new run in the thread');
    expect(ended.next).toMatchObject({ remediation: 'fix.pg.terminate_idle_tx', params: { pid: 1 } });

    const undo = { ...ended, id: randomUUID(), params: { replicas: 2 }, undoes: id };
    const blank = sampleRequest({
      ...undo,
      state: 'planning',
      plan: null,
      fingerprint: null,
      decisions: [],
      execution: null,
      verification: null,
      outcome: null,
      expiresAt: null,
    });
    const at = new Date();
    const mark = { id, act: (record: RequestRecord) => decide(record, { kind: 'undone', undone: blank.id }, at) };
    expect((await requests.create(blank, { event: 'requested', actor: 'U1', details: {} }, at, mark)).kind).toBe('changed');
    expect((await requests.create({ ...blank, id: randomUUID() }, { event: 'requested', actor: 'U1', details: {} }, at, mark)).kind).toBe(
      'declined',
    );
    expect(await becomes(blank.id, 'awaiting-approval')).toMatchObject({ rule: { quorum: 2 }, plan: { risk: 'R3' } });
    await act(blank.id, (record) => ({
      kind: 'reject',
      standing: standing(blank.requester, []),
      fingerprint: record.fingerprint ?? '',
      via: 'slack',
      reason: '',
    }));
    expect((await get(id)).undone).toBeNull();
    expect((await verifyAuditChain(store)).fault).toBeNull();
    expect((await listAudit(store, id)).map(({ event }) => event)).toEqual([
      'requested',
      'planned',
      'approved',
      'started',
      'executed',
      'verified',
    ]);
  });

  it('says that it could not look where it could not', async () => {
    const { ask, approve, becomes, state } = await world();
    state.blind = true;
    const id = await ask('fix.k8s.restart', { jobs: 'keep' });
    await becomes(id, 'awaiting-approval');
    await approve(id);
    await becomes(id, 'unverified');
  });
});

describe('a world that has moved on', () => {
  it('is not changed by the old approval: a new plan asks for new ones', async () => {
    const { ask, approve, becomes, cluster, deployment, get } = await world();
    const id = await ask('fix.k8s.scale', { replicas: 4 });
    await becomes(id, 'awaiting-approval');
    cluster.patch('deployments', 'default', 'hotswap-api', { spec: { replicas: 3 } });
    await until(() => deployment()?.status?.updatedReplicas === 3, 'three pods');
    await approve(id);
    const drifted = await becomes(id, 'drifted');
    expect(deployment()?.spec.replicas).toBe(3);
    const fresh = await becomes(drifted.replacedBy ?? '', 'awaiting-approval');
    expect(fresh).toMatchObject({ decisions: [], replaces: id, plan: { changes: [{ before: '3', after: '4' }] } });
    expect((await get(id)).state).toBe('drifted');
  });

  it('is told apart by more than what the plan reads', async () => {
    const { ask, approve, becomes, database } = await world();
    const id = await ask('fix.pg.create_index', { table: 'public.jobs', columns: ['tenant'] });
    const { plan } = await becomes(id, 'awaiting-approval');
    await database.query('ALTER TABLE jobs RENAME TO jobs_old; CREATE TABLE jobs (LIKE jobs_old)');
    await database.query(`ALTER TABLE jobs OWNER TO ${database.appRole}`);
    await approve(id, 'U1');
    await approve(id, 'U2');
    const { outcome, replacedBy } = await becomes(id, 'drifted');
    expect(outcome).toContain(`was changed since, such as a row. Look at it again: ${plan?.summary}`);
    expect(await becomes(replacedBy ?? '', 'awaiting-approval')).toMatchObject({ decisions: [], plan: { summary: plan?.summary } });
  });

  it('is refused where what it was for is gone', async () => {
    const { ask, approve, becomes, cluster, deployment } = await world();
    const id = await ask('fix.k8s.scale', { replicas: 4 });
    await becomes(id, 'awaiting-approval');
    cluster.patch('deployments', 'default', 'hotswap-api', { spec: { paused: true } });
    await approve(id);
    expect((await becomes(id, 'refused')).refusal?.code).toBe('paused');
    expect(deployment()?.spec.replicas).toBe(2);
  });

  it('lets an approval expire, also one that was given too late', async () => {
    const { ask, becomes, approve, store } = await world({ policy: { defaults: { expiresAfterSeconds: 5 } } });
    const id = await ask('fix.k8s.restart', { jobs: 'keep' });
    await becomes(id, 'expired');
    expect((await listAudit(store, id)).map(({ event }) => event)).toEqual(['requested', 'planned', 'expired']);
    expect(await approve(id)).toMatchObject({ kind: 'declined', code: 'expired' });
  });
});

describe('Stop', () => {
  it('takes a scaling back that does not get anywhere', async () => {
    const { ask, approve, becomes, cluster, deployment, act, get } = await world();
    for (const { metadata } of cluster.list('nodes')) cluster.patch('nodes', '', metadata.name, { spec: { unschedulable: true } });
    const id = await ask('fix.k8s.scale', { replicas: 4 });
    await becomes(id, 'awaiting-approval');
    await approve(id);
    await until(async () => (await get(id)).execution?.progress?.includes('of 4 pods') === true, 'progress in the thread');
    await act(id, () => ({ kind: 'stop', standing: standing('U1') }));
    const stopped = await becomes(id, 'stopped');
    expect(stopped.outcome).toContain('Replicas set from 4 to 2');
    expect(deployment()?.spec.replicas).toBe(2);
  });

  it('of an index build offers what removes the half of an index that it leaves', async () => {
    const { ask, approve, becomes, database, act, get } = await world();
    const id = await ask('fix.pg.create_index', { table: 'public.jobs', columns: ['tenant'] });
    await becomes(id, 'awaiting-approval');
    const writer = await database.session();
    await writer.client.query('BEGIN; LOCK TABLE jobs IN ROW EXCLUSIVE MODE');
    await approve(id, 'U1');
    await approve(id, 'U2');
    await until(async () => (await get(id)).execution?.progress?.includes('waiting for session') === true, 'the build to wait');
    await act(id, () => ({ kind: 'stop', standing: standing('U1') }));
    const { next } = await becomes(id, 'stopped');
    expect(next).toMatchObject({
      remediation: 'fix.pg.drop_invalid_index',
      title: 'Remove an invalid index',
      params: { table: 'public.jobs', index: 'hotswap_jobs_tenant_idx' },
    });
    await writer.client.query('ROLLBACK');
    const removal = await ask('fix.pg.drop_invalid_index', next?.params ?? {});
    await becomes(removal, 'awaiting-approval');
    await approve(removal);
    await becomes(removal, 'fixed');
    expect(await database.query("SELECT FROM pg_index WHERE indrelid = 'jobs'::regclass AND NOT indisprimary")).toEqual([]);
  });
});

describe('a freeze', () => {
  it('ends a rollout that is under way where it is, and takes nothing back', async () => {
    const { ask, approve, becomes, cluster, deployment, get, store } = await world();
    for (const { metadata } of cluster.list('nodes')) cluster.patch('nodes', '', metadata.name, { spec: { unschedulable: true } });
    const id = await ask('fix.k8s.scale', { replicas: 4 });
    await becomes(id, 'awaiting-approval');
    await approve(id);
    await until(async () => (await get(id)).execution?.progress?.includes('of 4 pods') === true, 'progress in the thread');
    await beginFreeze(store, { id: randomUUID(), reason: 'wrong cluster', by: 'U9', at: new Date() });
    const stopped = await becomes(id, 'stopped');
    expect(stopped).toMatchObject({ stop: { by: 'U9', freeze: true } });
    expect(stopped.outcome).toMatch(/^A freeze stopped it \(wrong cluster\)\. Done: .*Stopped while 2 of 4 pods.*Nothing was taken back/);
    expect(deployment()?.spec.replicas).toBe(4);
    expect((await listAudit(store, id)).at(-1)).toMatchObject({ event: 'stopped', details: { frozenBy: 'U9' } });
  });

  it('lets an approved fix wait until it is lifted', async () => {
    const { ask, approve, becomes, deployment, get, store } = await world();
    const id = await ask('fix.k8s.scale', { replicas: 3 });
    await becomes(id, 'awaiting-approval');
    await beginFreeze(store, { id: randomUUID(), reason: '', by: 'U9', at: new Date() });
    await approve(id);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await get(id)).state).toBe('approved');
    expect(deployment()?.spec.replicas).toBe(2);
    await liftFreeze(store, 'U1', new Date());
    await becomes(id, 'fixed');
    expect(deployment()?.spec.replicas).toBe(3);
  });
});

describe('a dry run', () => {
  const nothingDone = async ({ deployment, store }: Awaited<ReturnType<typeof world>>) => {
    expect(deployment()?.spec.replicas).toBe(2);
    expect((await store.query('SELECT FROM journal')).rowCount).toBe(0);
  };

  it('plans and approves, and says what would have been done', async () => {
    const here = await world({ dryRun: true });
    const id = await here.ask('fix.k8s.scale', { replicas: 4 });
    const planned = await here.becomes(id, 'awaiting-approval');
    expect(planned).toMatchObject({ dryRun: true, plan: { changes: [{ before: '2', after: '4' }] } });
    await here.approve(id);
    const ended = await here.becomes(id, 'rehearsed');
    expect(ended.outcome).toContain('This would have been done: Scale Deployment hotswap-api from 2 to 4');
    await nothingDone(here);
  });

  it('is one also where the bot alone says so, and the executor does not', async () => {
    const here = await world();
    const id = await here.ask('fix.k8s.scale', { replicas: 4 }, { dryRun: true });
    await here.becomes(id, 'awaiting-approval');
    await here.approve(id);
    await here.becomes(id, 'rehearsed');
    await nothingDone(here);
  });
});

describe('guards in the plan', () => {
  it('propose the autoscaler where it owns the replicas, and change its bounds', async () => {
    const { ask, approve, becomes, cluster } = await world({ bounds: [2, 3] });
    const scale = await becomes(await ask('fix.k8s.scale', { replicas: 4 }), 'refused');
    expect(scale.refusal).toMatchObject({
      code: 'hpa-owns-replicas',
      instead: { remediation: 'fix.k8s.hpa_bounds', params: { minReplicas: 2, maxReplicas: 4 } },
    });
    const id = await ask('fix.k8s.hpa_bounds', { minReplicas: 2, maxReplicas: 6 });
    await becomes(id, 'awaiting-approval');
    await approve(id);
    await becomes(id, 'fixed');
    expect(cluster.get('horizontalpodautoscalers', 'default', 'hotswap-api')?.spec.maxReplicas).toBe(6);
  });

  it('build an index with two approvals and take it back again', async () => {
    const { ask, approve, becomes, database } = await world();
    const id = await ask('fix.pg.create_index', { table: 'public.jobs', columns: ['tenant'] });
    expect(await becomes(id, 'awaiting-approval')).toMatchObject({ rule: { quorum: 2 }, plan: { risk: 'R3' } });
    await approve(id, 'U1');
    await approve(id, 'U2');
    const fixed = await becomes(id, 'fixed');
    const indexes = () =>
      database.query<{ name: string }>(
        "SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indrelid = 'jobs'::regclass AND NOT indisprimary",
      );
    expect(await indexes()).toEqual([{ name: 'hotswap_jobs_tenant_idx' }]);
    expect(
      (await becomes(await ask('fix.pg.create_index', { table: 'public.jobs', columns: ['tenant'] }), 'nothing-to-do')).outcome,
    ).toContain('already');
    const oid = String(fixed.execution?.results[0]?.facts.indexOid);
    const undo = await ask(
      'fix.pg.create_index',
      { table: 'public.jobs', columns: ['tenant'], drop: { index: 'hotswap_jobs_tenant_idx', oid } },
      { undoes: id },
    );
    await becomes(undo, 'awaiting-approval');
    await approve(undo, 'U1');
    await approve(undo, 'U2');
    await becomes(undo, 'fixed');
    expect(await indexes()).toEqual([]);
  });

  it('wait after a change of the same thing', async () => {
    const { ask, approve, becomes } = await world({ policy: { budget: { cooldownSeconds: 900 } } });
    const id = await ask('fix.k8s.restart', { jobs: 'keep' });
    await becomes(id, 'awaiting-approval');
    await approve(id);
    await becomes(id, 'fixed');
    const refusal = (await becomes(await ask('fix.k8s.scale', { replicas: 3 }), 'refused')).refusal;
    expect(refusal?.code).toBe('cool-down');
    expect(`${refusal?.reason} ${refusal?.mend}`).toMatch(/`fix\.k8s\.restart` was carried out .* again in 15 min\./);
  });
});

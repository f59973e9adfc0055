import { Client, escapeLiteral } from 'pg';
import { z } from 'zod';
import { runStatements } from '../postgres/statements.ts';
import type { Draws } from '../random.ts';
import type { ServiceRuntime } from '../service/runtime.ts';
import type { Installation } from './service.ts';

/** A job as time would have left it. Minutes ago; negative: still to come. */
export interface PastJob {
  readonly status: 'Pending' | 'Running' | 'Failed';
  /** The pod that claimed it. */
  readonly pod?: string;
  readonly createdAgo: number;
  readonly startedAgo?: number;
  readonly lockEndedAgo?: number;
  readonly completedAgo?: number;
  readonly retryAgo?: number;
  readonly retries?: number;
  readonly error?: string;
}

/** An approval as time would have left it. Minutes ago; negative: still to come. */
export interface PastApproval {
  /** Left out: of a deployment of its own. */
  readonly executionId?: string;
  readonly status?: 'Pending' | 'Approved';
  readonly requestedAgo: number;
  readonly endedAgo: number;
}

export interface WrittenJob {
  readonly id: number;
  /** Execution id of its deployment. */
  readonly deploymentId: string;
}

export interface WorkflowLevers {
  /** Names of the pods that run. */
  pods(): readonly string[];
  /** A pod of the same ReplicaSet that is no longer there: the cluster took it away, as clusters do. */
  formerPod(): string;
  /** Writes a job and its deployment. */
  writeJob(job: PastJob): Promise<WrittenJob>;
  /** Writes a deployment that the API runs itself, so that it has no job; minutes ago. Returns its execution id. */
  writeDeployment(createdAgo: number): Promise<string>;
  /** Writes approvals, all at once. Returns the execution ids. */
  writeApprovals(approvals: readonly PastApproval[]): Promise<readonly string[]>;
  /** Takes away what was written. */
  clear(): Promise<void>;
  /** A background worker of each process that runs hangs, until the function that is returned is called, or the process ends. */
  hang(worker: 'jobs' | 'approvals'): () => void;
  /** A pod goes on with a job that it claimed long ago, step by step. */
  stepThrough(pod: string, job: WrittenJob): void;
  /** A pod comes to the end of a job that it claimed long ago. */
  finish(pod: string, job: WrittenJob): void;
  /** What somebody with a token sends to the public address. */
  send(method: 'GET' | 'POST', path: string): Promise<{ readonly status: number; readonly body: unknown }>;
}

interface Options {
  /** URL of the database, as the owner of its tables. */
  readonly database: string;
  readonly url: string;
  readonly runtime: ServiceRuntime;
  readonly installation: Installation;
  readonly random: Draws;
}

const Ids = z.array(z.object({ id: z.string() }));
const Job = z.array(z.object({ id: z.number(), deployment_id: z.string() })).length(1);
/** What Kubernetes makes names of. */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX = 5;
const PATIENCE_MS = 5_000;

export function workflowLevers({ database, url, runtime, installation, random }: Options): WorkflowLevers {
  const written = { deployments: new Set<string>(), approvals: new Set<string>() };
  const draw = random.branch('workflow');
  const running = () => runtime.running(installation.namespace);
  const workersOf = (pod: string) => running().find(({ spec }) => spec.name === pod)?.process.workers;
  const writeDeployment = async (createdAgo: number): Promise<string> => {
    const rows = await query(
      database,
      `INSERT INTO deployments (execution_id, module_id, environment, strategy, progress, created_at, updated_at)
         SELECT gen_random_uuid()::text, min(id), 'Production', 'Canary', 40, ${ago(createdAgo)}, ${ago(createdAgo)} FROM modules
         RETURNING execution_id AS id`,
    );
    const id = Ids.parse(rows)[0]?.id ?? '';
    written.deployments.add(id);
    return id;
  };
  return {
    pods: () => running().map(({ spec }) => spec.name),
    formerPod: () => {
      const [name = `${installation.deployment}-`] = running().map(({ spec }) => spec.name);
      const suffix = Array.from({ length: SUFFIX }, () => LETTERS[draw.whole(0, LETTERS.length - 1)]).join('');
      return `${name.slice(0, -SUFFIX)}${suffix}`;
    },
    writeDeployment,
    writeJob: async (job) => {
      const deploymentId = await writeDeployment(job.createdAgo);
      const [row] = Job.parse(await query(database, jobStatement(deploymentId, job)));
      return { id: row?.id ?? 0, deploymentId };
    },
    writeApprovals: async (approvals) => {
      const values = approvals.map(
        ({ executionId, status = 'Pending', requestedAgo, endedAgo }) =>
          `(${executionId === undefined ? 'gen_random_uuid()' : `${escapeLiteral(executionId)}::uuid`}, '${status}', ${ago(requestedAgo)}, ${ago(endedAgo)}, ${ago(requestedAgo)})`,
      );
      const rows = await query(
        database,
        `INSERT INTO approval_requests (deployment_execution_id, status, requested_at, timeout_at, created_at) VALUES ${values.join(', ')}
           RETURNING deployment_execution_id::text AS id`,
      );
      const ids = Ids.parse(rows).map(({ id }) => id);
      for (const id of ids) written.approvals.add(id);
      return ids;
    },
    clear: () => remove(database, written),
    hang: (worker) => {
      const chosen = running().flatMap(({ process }) => process.workers?.[worker] ?? []);
      for (const one of chosen) one.setHanging(true);
      return () => {
        for (const one of chosen) one.setHanging(false);
      };
    },
    stepThrough: (pod, job) => workersOf(pod)?.jobs.stepThrough(job),
    finish: (pod, job) => void workersOf(pod)?.jobs.finish(job),
    send: async (method, path) => {
      const response = await fetch(new URL(path, url), { method, signal: AbortSignal.timeout(PATIENCE_MS) });
      return { status: response.status, body: await response.json().catch(() => undefined) };
    },
  };
}

const ago = (minutes: number | undefined): string => (minutes === undefined ? 'NULL' : `now() - interval '${minutes} minutes'`);

function jobStatement(deploymentId: string, job: PastJob): string {
  const { status, pod, createdAgo, startedAgo, lockEndedAgo, completedAgo, retryAgo, retries = 0, error } = job;
  const text = (value: string | undefined): string => (value === undefined ? 'NULL' : escapeLiteral(value));
  return `INSERT INTO deployment_jobs (deployment_id, status, created_at, started_at, locked_until, completed_at, next_retry_at, retry_count,
      processing_instance, error_message)
    VALUES (${escapeLiteral(deploymentId)}, '${status}', ${ago(createdAgo)}, ${ago(startedAgo)}, ${ago(lockEndedAgo)}, ${ago(completedAgo)},
      ${ago(retryAgo)}, ${retries}, ${text(pod)}, ${text(error)})
    RETURNING id, deployment_id`;
}

async function remove(
  database: string,
  { deployments, approvals }: { readonly deployments: Set<string>; readonly approvals: Set<string> },
): Promise<void> {
  const list = (ids: Set<string>): string => [...ids].map((id) => escapeLiteral(id)).join(', ');
  const statements = [
    ...(deployments.size === 0
      ? []
      : [
          `DELETE FROM deployment_jobs WHERE deployment_id IN (${list(deployments)})`,
          `DELETE FROM deployments WHERE execution_id IN (${list(deployments)})`,
        ]),
    ...(approvals.size === 0 ? [] : [`DELETE FROM approval_requests WHERE deployment_execution_id::text IN (${list(approvals)})`]),
  ];
  await runStatements(database, statements);
  deployments.clear();
  approvals.clear();
}

async function query(url: string, sql: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString: url, application_name: 'sandbox-setup' });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

import { z } from 'zod';
import type { NamedTarget } from '../../config/settings.ts';
import type { Asked } from '../report.ts';
import { parseDuration } from '../rules/durations.ts';
import { curl } from '../rules/shell.ts';
import { defineSource, type Reading, type SourceContext } from '../types.ts';
import { isId } from './application-sql.ts';
import { ifSeen } from './optional.ts';

/** Each pod knows only the deployments that it runs itself, and the load balancer picks one: it is asked this often. */
const ATTEMPTS = 6;
const LISTS = 4;
/** Of the time of one source: an attempt that begins later would be cut off. */
const TIME_SHARE = 0.5;
const REFUSALS = new Set(['401', '403', '429']);
/** Executions of a list that are looked into. */
const MOST = 10;
const MAX_BYTES = 256 * 1024;
const TIMEOUT_MS = 3_000;

const Text = z.string().nullish().catch(null);
const Stage = z.object({ name: Text, status: Text });
const Body = z.object({
  executionId: Text,
  execution_id: Text,
  id: Text,
  status: z.string(),
  startTime: Text,
  startedAt: Text,
  started_at: Text,
  createdAt: Text,
  created_at: Text,
  duration: z.union([z.string(), z.number()]).nullish().catch(null),
  stages: z.array(Stage).nullish().catch(null),
});
/** A bare list, or one under a name. */
const List = z.union([
  z.array(Body),
  z.object({ deployments: z.array(Body) }).transform((page) => page.deployments),
  z.object({ items: z.array(Body) }).transform((page) => page.items),
]);

export interface DeploymentState {
  readonly executionId: string;
  /** The service's own word for its state; null: no pod that answered knows it. */
  readonly status: string | null;
  readonly runningSeconds: number | null;
  readonly lastStage: string | null;
}

interface DeploymentStates {
  /** The execution that was asked about; null: none, and the service was asked for a list. */
  readonly named: string | null;
  /** What each attempt came to: an HTTP status, or how it failed. */
  readonly answers: readonly string[];
  /** The one that was named, or those of the list that may be stuck: running for too long, or waiting for an approval. */
  readonly deployments: readonly DeploymentState[];
}

/** The state of the execution that was asked about, as the service tells it; where none was, of those that may be stuck. */
export const deploymentState = defineSource<DeploymentStates>({
  id: 'http.deployment',
  title: 'State of the deployment',
  permission: 'a token of the service with the role Viewer (application.apiTokenFrom)',
  asked: (target) => asked(target, pathOf(target, 'EXECUTION_ID')),
  collect: (context) => (context.question.executionId === undefined ? list(context) : one(context, context.question.executionId)),
});

async function one(context: SourceContext, executionId: string): Promise<Reading<DeploymentStates>> {
  const path = pathOf(context.target, executionId);
  const answers: string[] = [];
  const result = (found: Omit<DeploymentState, 'executionId'>): Reading<DeploymentStates> =>
    told({ named: executionId, answers, deployments: [{ executionId, ...found }] }, asked(context.target, path));
  const until = performance.now() + context.diagnostics.readTimeoutMs * TIME_SHARE;
  while (answers.length < ATTEMPTS && performance.now() < until) {
    const answer = await get(context, path);
    answers.push(answer.text);
    const body = Body.safeParse(answer.body);
    if (body.success) return result(stateOf(body.data, context.now));
    if (REFUSALS.has(answer.text)) break; // another pod says the same
  }
  return result({ status: null, runningSeconds: null, lastStage: null });
}

/** Each pod lists its own: the load balancer is asked several times. */
async function list(context: SourceContext): Promise<Reading<DeploymentStates>> {
  const path = context.target.application.deploymentPath.replace(/\/?\{executionId\}.*$/, '');
  const found = await Promise.all(Array.from({ length: LISTS }, () => get(context, path)));
  const rows = found.flatMap(({ body }) => List.safeParse(body).data ?? []);
  const states = rows.flatMap((row) => {
    const executionId = row.executionId ?? row.execution_id ?? row.id ?? null;
    return executionId === null ? [] : [{ executionId, ...stateOf(row, context.now) }];
  });
  const doubtful = states.filter(
    ({ status, runningSeconds }) =>
      status === 'PendingApproval' || (status === 'Running' && (runningSeconds ?? 0) > context.thresholds.jobStuckSeconds),
  );
  const deployments = [...new Map(doubtful.map((state) => [state.executionId, state])).values()].slice(0, MOST);
  const data: DeploymentStates = { named: null, answers: found.map(({ text }) => text), deployments };
  return told(data, asked(context.target, path));
}

/** Nobody can tell anything who is let in nowhere: what would let the bot in is said then. */
function told(data: DeploymentStates, question: Asked): Reading<DeploymentStates> {
  const { answers } = data;
  const refused = answers.length > 0 && answers.every((answer) => answer === '401' || answer === '403');
  if (!refused) return { data, complete: true, asked: question };
  const message = `The service does not let the bot read deployments (${answers[0]}).`;
  return { data, complete: false, gap: { reason: 'forbidden', message, mend: '' }, asked: question };
}

export interface ExecutionInQuestion {
  readonly executionId: string;
  /** Whether the service says that it waits for its approval. */
  readonly waits: boolean;
}

/** Executions that are looked up elsewhere as well: the one that was named, else those that the service tells of. */
export async function executionsInQuestion(context: SourceContext): Promise<readonly ExecutionInQuestion[]> {
  const states = (await ifSeen(context, deploymentState))?.data.deployments ?? [];
  const named = context.question.executionId;
  const ids = named === undefined ? states.map(({ executionId }) => executionId).filter(isId) : [named];
  return ids.map((executionId) => ({
    executionId,
    waits: states.some((state) => state.executionId === executionId && state.status === 'PendingApproval'),
  }));
}

async function get({ clients, signal }: SourceContext, path: string): Promise<{ readonly text: string; readonly body: unknown }> {
  const answer = await clients.http.request({ method: 'GET', path, authorised: true, maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS, signal });
  const text = answer.status === null ? (answer.failure ?? 'no answer') : String(answer.status);
  return { text, body: answer.status === 200 ? parseJson(answer.body) : undefined };
}

const pathOf = ({ application }: NamedTarget, executionId: string) =>
  application.deploymentPath.replace('{executionId}', encodeURIComponent(executionId));

function asked({ application }: NamedTarget, path: string) {
  const token = application.apiTokenFrom === undefined ? '' : ` -H "Authorization: Bearer $${application.apiTokenFrom}"`;
  return curl(`-sS -m 2${token} "$${application.baseUrlFrom ?? 'BASE_URL'}${path}"`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a page of a proxy, not an answer of the service
  }
}

function stateOf(body: z.output<typeof Body>, now: Date) {
  const began = Date.parse(body.startTime ?? body.startedAt ?? body.started_at ?? body.createdAt ?? body.created_at ?? '');
  const age = Number.isNaN(began) ? null : Math.max(0, (now.getTime() - began) / 1_000);
  const last = body.stages?.at(-1);
  return {
    status: body.status,
    runningSeconds: age ?? parseDuration(body.duration ?? null),
    lastStage: last === undefined ? null : [last.name, last.status].filter((part) => part !== null && part !== undefined).join(': '),
  };
}

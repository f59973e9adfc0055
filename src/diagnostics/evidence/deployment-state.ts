import { z } from 'zod';
import type { NamedTarget } from '../../config/settings.ts';
import { parseDuration } from '../rules/durations.ts';
import { curl } from '../rules/shell.ts';
import { defineSource } from '../types.ts';

/** Each pod knows only the deployments that it runs itself, and the load balancer picks one: it is asked this often. */
const ATTEMPTS = 6;
const MAX_BYTES = 256 * 1024;
const TIMEOUT_MS = 2_000;

const Text = z.string().nullish().catch(null);
const Stage = z.object({ name: Text, status: Text });
const Body = z.object({
  status: z.string(),
  startTime: Text,
  startedAt: Text,
  started_at: Text,
  createdAt: Text,
  created_at: Text,
  duration: z.union([z.string(), z.number()]).nullish().catch(null),
  stages: z.array(Stage).nullish().catch(null),
});

export interface DeploymentState {
  readonly executionId: string;
  /** What each attempt came to: an HTTP status, or how it failed. */
  readonly answers: readonly string[];
  /** The service's own word for its state; null: no pod that answered knows it. */
  readonly status: string | null;
  readonly runningSeconds: number | null;
  readonly lastStage: string | null;
}

/** The state of the execution that was asked about, as the service tells it; null where none was. */
export const deploymentState = defineSource<DeploymentState | null>({
  id: 'http.deployment',
  title: 'State of the deployment',
  permission: 'a token of the service with the role Viewer (application.apiTokenFrom)',
  asked: (target) => asked(target, 'EXECUTION_ID'),
  async collect({ target, clients, question, now, signal }) {
    const { executionId } = question;
    if (executionId === undefined) return { data: null, complete: true };
    const path = target.application.deploymentPath.replace('{executionId}', encodeURIComponent(executionId));
    const answers: string[] = [];
    const result = (found: Omit<DeploymentState, 'executionId' | 'answers'>) => ({
      data: { executionId, answers, ...found },
      complete: true as const,
      asked: asked(target, executionId),
    });
    while (answers.length < ATTEMPTS) {
      const answer = await clients.http.request({
        method: 'GET',
        path,
        authorised: true,
        maxBytes: MAX_BYTES,
        timeoutMs: TIMEOUT_MS,
        signal,
      });
      answers.push(answer.status === null ? (answer.failure ?? 'no answer') : String(answer.status));
      const body = answer.status === 200 ? parseBody(answer.body) : undefined;
      if (body !== undefined) return result(stateOf(body, now));
      if (answer.status !== 404) break; // another pod says the same
    }
    return result({ status: null, runningSeconds: null, lastStage: null });
  },
});

function asked({ application }: NamedTarget, executionId: string) {
  const token = application.apiTokenFrom === undefined ? '' : ` -H "Authorization: Bearer $${application.apiTokenFrom}"`;
  const path = application.deploymentPath.replace('{executionId}', encodeURIComponent(executionId));
  return curl(`-sS -m 2${token} "$${application.baseUrlFrom ?? 'BASE_URL'}${path}"`);
}

function parseBody(text: string): z.output<typeof Body> | undefined {
  try {
    const body = Body.safeParse(JSON.parse(text));
    return body.success ? body.data : undefined;
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

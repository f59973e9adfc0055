import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { createRedactor } from '../diagnostics/redact.ts';
import { groupsOf } from '../remediations/approvals/policy.ts';
import type { RequestRecord } from '../remediations/approvals/record.ts';
import { loadRemediations, type Remediations } from '../remediations/registry.ts';
import { openPeople, type People } from '../slack/people.ts';
import { drawRequest } from '../slack/request-view.ts';
import { openRequests, type Requests } from '../store/requests.ts';
import { queueWithinMs } from './bounded.ts';
import { Refusal } from './refusal.ts';
import type { HandlerContext } from './types.ts';

/** What the handlers of fixes work with, beside what all have. */
export interface FixContext extends HandlerContext {
  readonly requests: Requests;
  readonly people: People;
  readonly client: WebClient;
  /** A text that a person may have changed, without secrets, mail addresses and public IP addresses. */
  redact(text: string): string;
  definitions(): Promise<Remediations>;
}

/** Made once for all handlers of fixes. */
export function openFixContext(app: App, context: HandlerContext): FixContext {
  const { store, settings, policy, log, now } = context;
  const definitions = loadRemediations();
  definitions.catch((error: unknown) => log.error({ err: error }, 'the remediations cannot be loaded'));
  return {
    ...context,
    requests: openRequests(store, drawRequest, { dryRun: context.dryRun === true }),
    people: openPeople({
      ...{ client: app.client, store, log, now },
      fullMemberSeconds: settings.slack.fullMemberSeconds,
      groups: () => groupsOf(policy.current()),
    }),
    client: app.client,
    redact: createRedactor({ secrets: context.secrets ?? [] }).text,
    definitions: () => definitions,
  };
}

/** A request by its id. @throws Refusal where there is none. */
export async function requestOf(context: FixContext, id: string): Promise<RequestRecord> {
  const record = /^[0-9a-f-]{36}$/.test(id) ? await context.requests.find(id) : null;
  if (record === null) throw new Refusal('I no longer know this request. Nothing was changed.');
  return record;
}

/** Wakes an executor. Where the queue is down, the sweeper of an executor finds the request by itself. */
export async function wakeExecutor(requestId: string, intent: 'plan' | 'execute', context: FixContext): Promise<void> {
  const { remediations, log } = context;
  await remediations
    .add({ requestId, intent }, { jobId: `${intent}-${requestId}`, timeoutMs: queueWithinMs(context) })
    .catch((error: unknown) =>
      log.warn({ err: error, request: requestId }, 'the executor could not be woken; its sweeper takes the request up'),
    );
}

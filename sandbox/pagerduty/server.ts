import { randomBytes } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { answerJson, listenOnLoopback, readJson } from '../loopback.ts';

/** What a person who is on call would see. */
export interface Page {
  readonly key: string;
  readonly status: 'triggered' | 'acknowledged' | 'resolved';
  readonly summary: string;
  readonly source: string;
  readonly severity: string;
  readonly at: string;
}

/** A PagerDuty, as far as its Events API v2 goes. */
export interface PagerDutyStandIn {
  /** Where events are sent to. */
  readonly eventsUrl: string;
  /** Integration key of the one service that there is. */
  readonly routingKey: string;
  /** Newest first. */
  pages(): readonly Page[];
  close(): void;
}

const Payload = z.object({
  summary: z.string().min(1).max(1_024),
  source: z.string().min(1),
  severity: z.enum(['critical', 'error', 'warning', 'info']),
  custom_details: z.record(z.string(), z.unknown()).optional(),
});
const Link = z.object({ href: z.url(), text: z.string().optional() });
const Event = z.discriminatedUnion('event_action', [
  z.object({
    routing_key: z.string(),
    event_action: z.literal('trigger'),
    dedup_key: z.string().max(255).optional(),
    payload: Payload,
    links: z.array(Link).optional(),
  }),
  z.object({ routing_key: z.string(), event_action: z.enum(['acknowledge', 'resolve']), dedup_key: z.string().min(1).max(255) }),
]);

/** Starts it on loopback. Answers as https://developer.pagerduty.com/docs/send-alert-event says; the same key is the same incident. */
export async function startPagerDuty(): Promise<PagerDutyStandIn> {
  const routingKey = randomBytes(16).toString('hex');
  const pages = new Map<string, Page>();
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST' || request.url !== '/v2/enqueue') return answerJson(response, 404, { status: 'not found' });
    const event = Event.safeParse(await readJson(request));
    if (!event.success)
      return refuse(
        response,
        event.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
      );
    if (event.data.routing_key !== routingKey) return refuse(response, ["'routing_key' is invalid (must be a valid routing key)"]);
    answerJson(response, 202, { status: 'success', message: 'Event processed', dedup_key: take(event.data, pages) });
  });
  const { url, close } = await listenOnLoopback(server);
  return {
    eventsUrl: `${url}/v2/enqueue`,
    routingKey,
    pages: () => [...pages.values()].reverse(),
    close,
  };
}

function take(event: z.infer<typeof Event>, pages: Map<string, Page>): string {
  const key = event.dedup_key ?? randomBytes(16).toString('hex');
  const known = pages.get(key);
  if (event.event_action === 'trigger') {
    const { summary, source, severity } = event.payload;
    if (known === undefined || known.status === 'resolved')
      pages.set(key, { key, status: 'triggered', summary, source, severity, at: new Date().toISOString() });
  } else if (event.event_action === 'acknowledge') {
    if (known?.status === 'triggered') pages.set(key, { ...known, status: 'acknowledged' });
  } else if (known !== undefined) pages.set(key, { ...known, status: 'resolved' });
  return key;
}

function refuse(response: ServerResponse, errors: readonly string[]): void {
  answerJson(response, 400, { status: 'invalid event', message: 'Event object is invalid', errors });
}

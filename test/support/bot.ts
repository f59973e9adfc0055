import { randomUUID } from 'node:crypto';
import { App, type Receiver } from '@slack/bolt';
import { pino } from 'pino';
import { afterEach } from 'vitest';
import { slackLogger } from '../../src/bot/slack-logger.ts';
import { HANDLERS } from '../../src/handlers/registry.ts';
import type { HandlerContext } from '../../src/handlers/types.ts';
import type { QueueConnection } from '../../src/queue/connection.ts';
import { openProducer } from '../../src/queue/producer.ts';
import { DEFAULT_POLICY, withApprovers } from '../../src/remediations/approvals/policy.ts';
import type { Store } from '../../src/store/pool.ts';
import { until } from './service-database.ts';
import { testSettings } from './settings.ts';
import { type SlackServer, startSlackServer } from './slack-server.ts';
import { createStore } from './store.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Far more than an answer takes on the busiest host: what a test is about is never how fast that is. */
const ANSWER_WITHIN_MS = 15_000;

interface Typed {
  readonly channel?: string;
  readonly user?: string;
  readonly trigger?: string;
}

/** The real Bolt app with the real handlers on a real store and queue; only the wire to Slack is ours. */
export interface TestBot {
  readonly store: Store;
  readonly url: string;
  readonly slack: SlackServer;
  readonly context: HandlerContext;
  /** Types `/hotswap …` and returns the text of the acknowledgement. */
  type(text: string, typed?: Typed): Promise<string>;
  /** Presses a button in a message; what the person is told is among the calls, as `respond`. */
  press(actionId: string, value: string, typed?: Typed): Promise<void>;
  send(body: Record<string, unknown>): Promise<unknown>;
}

export async function startBot(changes: Partial<HandlerContext> & { readonly queue?: QueueConnection } = {}): Promise<TestBot> {
  const { store, url } = await createStore();
  const slack = await startSlackServer();
  const { queue = { kind: 'postgres', url }, ...overrides } = changes;
  const log = pino({ level: 'silent' });
  const diagnoses = openProducer('diagnose', queue, () => {});
  const remediations = openProducer('remediate', queue, () => {});
  const bundles = openProducer('bundle', queue, () => {});
  closing.push(async () => {
    await Promise.allSettled([diagnoses.close(), remediations.close(), bundles.close()]);
  });
  const context: HandlerContext = {
    store,
    settings: testSettings(),
    diagnoses,
    remediations,
    bundles,
    topics: [{ id: 'latency', aliases: ['slow'] }],
    shows: [{ id: 'show.pods', aliases: ['pods'] }],
    policy: { current: () => withApprovers(DEFAULT_POLICY, 'S123') },
    log,
    newId: randomUUID,
    now: () => new Date(),
    answerWithinMs: ANSWER_WITHIN_MS,
    ...overrides,
  };
  const app = createApp(slack);
  for (const register of HANDLERS) register(app, context);

  const send = async (body: Record<string, unknown>): Promise<unknown> => {
    let acknowledged: unknown;
    const ack = async (answer: unknown) => {
      acknowledged = answer;
    };
    await app.processEvent({ body, ack });
    return acknowledged;
  };
  const responseUrl = new URL('/respond', slack.url).href;
  return {
    store,
    url,
    slack,
    context,
    send,
    async type(text, { channel = 'C1SUPPORT', user = 'U1', trigger = randomUUID() } = {}) {
      const answer = await send({
        ...{ command: '/hotswap', text, user_id: user, channel_id: channel, team_id: 'T1', team_domain: 'lab' },
        ...{ trigger_id: trigger, response_url: responseUrl },
      });
      return typeof answer === 'object' && answer !== null && 'text' in answer ? String(answer.text) : '';
    },
    async press(actionId, value, { channel = 'C1SUPPORT', user = 'U1', trigger = randomUUID() } = {}) {
      await send({
        ...{ type: 'block_actions', user: { id: user, team_id: 'T1' }, team: { id: 'T1' }, channel: { id: channel }, trigger_id: trigger },
        ...{ response_url: responseUrl, container: { type: 'message', message_ts: '1.1', channel_id: channel } },
        actions: [{ type: 'button', action_id: actionId, block_id: 'b', value, text: { type: 'plain_text', text: 'x' }, action_ts: '1.1' }],
      });
    },
  };
}

function createApp(slack: SlackServer): App {
  const receiver: Receiver = { init() {}, start: async () => {}, stop: async () => {} };
  const logger = slackLogger(pino({ level: 'silent' }));
  const clientOptions = { slackApiUrl: slack.url, retryConfig: { retries: 0 }, logger };
  return new App({ token: 'xoxb-test', botId: 'B1', botUserId: 'UBOT', receiver, clientOptions, logger });
}

/** What people were told by response_url, in order. */
export function told(slack: SlackServer): string[] {
  return slack.calls.filter(({ method }) => method === 'respond').map(({ args }) => String(args.text));
}

/** Types a command that depends on who types it, and returns the answer though the bot may have to ask Slack first. */
export async function typeKnown(bot: TestBot, text: string, user = 'U1'): Promise<string> {
  const before = told(bot.slack).length;
  const first = await bot.type(text, { user });
  if (!first.includes('asking Slack who you are')) return first;
  await until(() => told(bot.slack).length > before, 'the answer follows');
  return told(bot.slack).at(-1) ?? '';
}

import { App, HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import { WebAPIPlatformError, WebClient, type WebClientOptions } from '@slack/web-api';
import { ConfigurationError } from '../config/errors.ts';
import type { Logger } from '../config/logger.ts';
import { VARIABLES } from '../config/variables.ts';
import { answerHealth, type Readiness, serveHealth } from './health.ts';
import { slackLogger } from './slack-logger.ts';

interface SlackVariables {
  readonly SLACK_MODE: 'socket' | 'http';
  readonly SLACK_BOT_TOKEN: string;
  readonly SLACK_APP_TOKEN: string | undefined;
  readonly SLACK_SIGNING_SECRET: string | undefined;
  readonly SLACK_API_URL: string | undefined;
  readonly PORT: number;
}

export interface SlackConnection {
  readonly app: App;
  /** A client that fails at once: its caller, the outbox, waits and tries again. */
  readonly sendingClient: WebClient;
  /** Whether Slack can reach this process. */
  connected(): boolean;
  start(): Promise<void>;
  /** Lets listeners under way end, at most `graceMs`, then closes the connection. */
  stop(graceMs: number): Promise<void>;
}

/** The bot's app on Slack, by Socket Mode or by HTTP, not yet started. `readiness` is what /healthz says. */
export function createSlackApp(variables: SlackVariables, readiness: Readiness, log: Logger): SlackConnection {
  const logger = slackLogger(log);
  const base: WebClientOptions = { logger, ...(variables.SLACK_API_URL === undefined ? {} : { slackApiUrl: variables.SLACK_API_URL }) };
  // Socket Mode fills in a retry policy of hours where none is set, and shares it with every client.
  const patient: WebClientOptions = { ...base, retryConfig: { retries: 3, factor: 2, maxTimeout: 5_000 }, timeout: 10_000 };
  const transport = variables.SLACK_MODE === 'socket' ? socketMode(variables, patient, readiness, log) : http(variables, readiness, log);
  const app = new App({
    token: variables.SLACK_BOT_TOKEN,
    receiver: transport.receiver,
    clientOptions: { ...patient },
    deferInitialization: true,
    logger,
  });
  const underWay = trackListeners(app);
  app.error(async (error) => {
    log.error({ err: error }, 'a listener failed');
    throw error; // unanswered: the receiver tells Slack so at once
  });
  return {
    app,
    sendingClient: new WebClient(variables.SLACK_BOT_TOKEN, {
      ...base,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: 10_000,
    }),
    connected: transport.connected,
    async start() {
      await accepted('SLACK_BOT_TOKEN', app.init());
      await accepted('SLACK_APP_TOKEN', transport.start(app));
    },
    async stop(graceMs) {
      await Promise.race([Promise.allSettled(underWay), new Promise((resolve) => setTimeout(resolve, graceMs).unref())]);
      await app.stop();
      transport.close();
    },
  };
}

interface Transport {
  readonly receiver: SocketModeReceiver | HTTPReceiver;
  connected(): boolean;
  start(app: App): Promise<void>;
  close(): void;
}

function socketMode(variables: SlackVariables, clientOptions: WebClientOptions, readiness: Readiness, log: Logger): Transport {
  const appToken = need('SLACK_APP_TOKEN', variables.SLACK_APP_TOKEN);
  const receiver = new SocketModeReceiver({
    appToken,
    logger: slackLogger(log),
    installerOptions: { clientOptions: { ...clientOptions } },
  });
  let connected = false;
  receiver.client.on('connected', () => {
    connected = true;
  });
  for (const state of ['disconnected', 'reconnecting', 'disconnecting']) {
    receiver.client.on(state, () => {
      connected = false;
    });
  }
  let health: { close(): void } | undefined;
  return {
    receiver,
    connected: () => connected,
    async start(app) {
      const serving = await serveHealth(variables.PORT, readiness);
      health = serving;
      await app.start();
      log.info({ mode: 'socket', port: serving.port }, 'connected to Slack');
    },
    close: () => health?.close(),
  };
}

function http(variables: SlackVariables, readiness: Readiness, log: Logger): Transport {
  let server: Awaited<ReturnType<HTTPReceiver['start']>> | undefined;
  const receiver = new HTTPReceiver({
    signingSecret: need('SLACK_SIGNING_SECRET', variables.SLACK_SIGNING_SECRET),
    endpoints: '/slack/events',
    logger: slackLogger(log),
    customRoutes: [{ path: '/healthz', method: 'GET', handler: (_request, response) => void answerHealth(readiness, response) }],
  });
  return {
    receiver,
    connected: () => server?.listening === true,
    async start(app) {
      server = await app.start(variables.PORT);
      const address = server.address();
      log.info({ mode: 'http', port: typeof address === 'object' ? address?.port : address }, 'listening for Slack');
    },
    close: () => server?.closeAllConnections(),
  };
}

function need(name: 'SLACK_APP_TOKEN' | 'SLACK_SIGNING_SECRET', value: string | undefined): string {
  if (value !== undefined) return value;
  const { purpose, example } = VARIABLES[name];
  throw new ConfigurationError([`environment variable ${name} is missing. It is ${purpose}. Example: ${name}=${example}`]);
}

/** @throws ConfigurationError where Slack takes the token for none, which no second try changes. */
async function accepted(name: 'SLACK_BOT_TOKEN' | 'SLACK_APP_TOKEN', start: Promise<unknown>): Promise<void> {
  try {
    await start;
  } catch (error) {
    const code = error instanceof WebAPIPlatformError ? error.data.error : undefined;
    if (code === undefined || !UNACCEPTED.includes(code)) throw error;
    const { purpose } = VARIABLES[name];
    throw new ConfigurationError([`Slack does not accept ${name} (${code}). It is ${purpose}: copy it again from the app's settings`]);
  }
}

const UNACCEPTED = ['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired', 'not_allowed_token_type'];

function trackListeners(app: App): Set<Promise<void>> {
  const underWay = new Set<Promise<void>>();
  app.use(async ({ next }) => {
    const work = next();
    underWay.add(work);
    try {
      await work;
    } finally {
      underWay.delete(work);
    }
  });
  return underWay;
}

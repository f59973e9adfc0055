import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { connectGitHub } from '../clients/github.ts';
import { connectPagerDuty } from '../clients/pagerduty.ts';
import { loadConfiguration } from '../config/environment.ts';
import { createLogger } from '../config/logger.ts';
import { loadRegistry } from '../diagnostics/registry.ts';
import { HANDLERS } from '../handlers/registry.ts';
import type { HandlerContext } from '../handlers/types.ts';
import { chooseQueueConnection } from '../queue/connection.ts';
import { openProducer } from '../queue/producer.ts';
import { drawRequest } from '../slack/request-view.ts';
import { startSender } from '../slack/sender.ts';
import { tellUnreachable } from '../slack/unreachable.ts';
import { openStore } from '../store/pool.ts';
import { openRequests } from '../store/requests.ts';
import { mustHaveTables } from '../store/schema.ts';
import { startAnchors } from './anchor.ts';
import { startBundles } from './bundles.ts';
import { startHeartbeat } from './heartbeat.ts';
import { startIssues } from './issues.ts';
import { startLadder } from './ladder.ts';
import { startPager } from './pager.ts';
import { openPolicy, sayPolicyNews } from './policy.ts';
import { startRedraw } from './redraw.ts';
import { startRetention } from './retention.ts';
import { runMain, stopOnSignals } from './shutdown.ts';
import { createSlackApp } from './slack-app.ts';
import { startWatcher } from './watcher.ts';

const GRACE_MS = 2_000;
const DEADLINE_MS = 15_000;

/** The process that talks with Slack: takes commands and clicks, and shows what the store says. Holds no credential of the service. */
async function main(): Promise<void> {
  const { settings, variables, secrets } = loadConfiguration({
    names: [
      ...(['LOG_LEVEL', 'STORE_DATABASE_URL', 'REDIS_URL', 'SLACK_MODE', 'SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN'] as const),
      ...(['PAGERDUTY_ROUTING_KEY', 'PAGERDUTY_EVENTS_URL', 'GITHUB_TOKEN', 'GITHUB_API_URL', 'HOTSWAP_DRY_RUN'] as const),
      ...(['SLACK_SIGNING_SECRET', 'SLACK_API_URL', 'APPROVERS_USERGROUP', 'HOTSWAP_POLICY', 'PORT'] as const),
    ],
    access: 'none',
  });
  const log = createLogger('bot', variables.LOG_LEVEL);
  const policy = openPolicy(variables, log);
  const { topics, shows } = await loadRegistry();
  const instance = `bot-${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const onError = (what: string) => (error: Error) => log.warn({ err: error }, `${what} is in trouble`);
  const store = openStore({ url: variables.STORE_DATABASE_URL, application: 'hotswap-bot', onError: onError('the store') });
  const queue = chooseQueueConnection(variables);
  const diagnoses = openProducer('diagnose', queue, onError('the queue'));
  const remediations = openProducer('remediate', queue, onError('the queue'));
  const bundles = openProducer('bundle', queue, onError('the queue'));

  policy.onNews((news) => void sayPolicyNews(news, { store, settings, log, now: () => new Date() }));

  const slack = createSlackApp(
    variables,
    async () => ({ slack: slack.connected(), store: await store.query('SELECT 1').then(() => true) }),
    log,
  );
  const { GITHUB_TOKEN: token, GITHUB_API_URL: url } = variables;
  const repository = settings.github?.repository;
  const tracker = token === undefined || repository === undefined ? undefined : connectGitHub({ url, token, repository });
  const context: HandlerContext = {
    store,
    settings,
    diagnoses,
    remediations,
    bundles,
    topics: [...topics.values()],
    shows: [...shows.values()],
    policy,
    dryRun: variables.HOTSWAP_DRY_RUN,
    pager: variables.PAGERDUTY_ROUTING_KEY !== undefined,
    ...(tracker === undefined ? {} : { issues: tracker }),
    secrets,
    log,
    newId: randomUUID,
    now: () => new Date(),
  };
  for (const register of HANDLERS) register(slack.app, context);

  await mustHaveTables(store);
  await Promise.all([diagnoses, remediations, bundles].map(untilReachable));
  await slack.start();
  const sender = startSender({
    store,
    client: slack.sendingClient,
    instance,
    log,
    onUnreachable: (message, code) => tellUnreachable(message, code, { client: slack.app.client, fetch, log }),
  });
  const { queueWaitNoticeSeconds } = settings.slack;
  const watcher = startWatcher({ store, diagnoses, queueWaitNoticeSeconds, log, now: () => new Date() });
  const channels = settings.slack.channels.map(({ id }) => id);
  const requests = openRequests(store, drawRequest, { dryRun: variables.HOTSWAP_DRY_RUN });
  const files = startBundles({ store, client: slack.sendingClient, bundles, log, now: context.now });
  const redraw = startRedraw({ store, requests, channels, log });
  const { temporaryReminderSeconds: temporaryAfterSeconds } = settings.remediations;
  const ladder = startLadder({ requests, policy: context.policy, temporaryAfterSeconds, log, now: context.now });
  const routingKey = variables.PAGERDUTY_ROUTING_KEY;
  const pager = routingKey === undefined ? undefined : connectPagerDuty({ url: variables.PAGERDUTY_EVENTS_URL, routingKey });
  const pages = startPager({ store, pager, log });
  const issues = tracker === undefined ? undefined : startIssues({ store, tracker, log });
  const [anchorChannel] = settings.slack.channels;
  const anchors = startAnchors({ store, channel: anchorChannel?.id ?? '', log, now: context.now });
  const retention = startRetention({ store, retention: settings.retention, log, now: context.now });
  const heartbeat = startHeartbeat(store, instance, 'bot', log);
  log.info({ instance }, 'ready');

  stopOnSignals(log, DEADLINE_MS, async () => {
    await slack.stop(GRACE_MS);
    await watcher.stop();
    await Promise.all([files.stop(), redraw.stop(), ladder.stop(), pages.stop(), issues?.stop(), anchors.stop(), retention.stop()]);
    await sender.stop();
    await heartbeat.stop();
    await Promise.all([diagnoses.close(), remediations.close(), bundles.close()]);
    policy.close();
    await store.end();
  });
}

const REACHABLE_TRIES = 15;

/** Waits for a queue that is still starting, so that a bot that says it is ready can take commands. */
async function untilReachable(queue: { state(jobId: string): Promise<unknown> }): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await queue.state('none');
      return;
    } catch (error) {
      if (attempt >= REACHABLE_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}

runMain(main);

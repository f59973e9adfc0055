import { writeFile } from 'node:fs/promises';
import { controlRoutes } from './control-routes.ts';
import { freePort } from './free-port.ts';
import { startGitHub } from './github/server.ts';
import { contextsOf, type Options } from './options.ts';
import { startPagerDuty } from './pagerduty/server.ts';
import { configurationFile, policyFile } from './product/configuration.ts';
import { type Outside, productProcesses, readingEnvironment, releaseProcess } from './product/environment.ts';
import { untilHealthy } from './product/healthy.ts';
import { runOnce, type Supervisor, supervise } from './product/supervisor.ts';
import type { Progress } from './progress.ts';
import { startSlack } from './slack/server.ts';
import { approverGroup, channels, people } from './slack/workspace.ts';
import { openStateFolder, type StateFolder } from './state-folder.ts';
import { Teardown } from './teardown.ts';
import { startWorld, type World } from './world.ts';

/** A sandbox that is up. */
export interface Sandbox {
  readonly pageUrl: string;
  readonly world: World;
  /** Addresses, and the environment in which the terminal twin finds the world. */
  readonly outside: Outside;
  readonly terminalEnvironment: Readonly<Record<string, string>>;
  readonly stateFolder: string;
  /** Stops everything; a temporary folder is removed. */
  close(): Promise<void>;
}

/** Starts the world, Slack and, unless told otherwise, the bot's processes. Whatever had started is stopped on failure. */
export async function startSandbox(options: Options, seed: number, progress: Progress): Promise<Sandbox> {
  const teardown = new Teardown();
  try {
    return await build(options, seed, progress, teardown);
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

async function build(options: Options, seed: number, progress: Progress, teardown: Teardown): Promise<Sandbox> {
  const state = await openStateFolder(options.keep);
  teardown.add(() => state.discard());
  const botPort = await freePort();
  const slack = await progress.step('Slack', () =>
    startSlack({
      port: options.port,
      mode:
        options['slack-mode'] === 'http' ? { kind: 'http', requestUrl: `http://127.0.0.1:${botPort}/slack/events` } : { kind: 'socket' },
      filesDir: state.at('slack-files'),
    }),
  );
  teardown.add(() => slack.close());
  const pagerDuty = await startPagerDuty();
  teardown.add(async () => pagerDuty.close());
  const github = await startGitHub();
  teardown.add(async () => github.close());
  const configuration = await writeConfiguration(options, state, github.repository);
  const policy = state.at('policy.yaml');
  await writeFile(policy, policyFile(people.ana));
  const release = async (ownerUrl: string): Promise<void> => {
    if (options['no-bot']) return;
    const definition = releaseProcess({ configurationFile: configuration, storeUrl: ownerUrl, redisUrl: options.redis });
    await progress.step("the bot's database schema", () => runOnce(definition, state.at('logs', 'release.log')));
  };
  const world = await startWorld(options, seed, state, progress, release);
  teardown.add(() => world.close());
  const outside: Outside = {
    ...outsideOf(world, options, configuration),
    policyFile: policy,
    dryRun: options['dry-run'],
    botPort,
    pagerDuty: { eventsUrl: pagerDuty.eventsUrl, routingKey: pagerDuty.routingKey },
    github: { apiUrl: github.apiUrl, token: github.token },
    slack: {
      mode: options['slack-mode'],
      apiUrl: slack.apiUrl,
      botToken: slack.tokens.bot,
      appToken: slack.tokens.app,
      signingSecret: slack.signingSecret,
      approversUsergroup: approverGroup,
    },
  };
  const supervisor = options['no-bot'] ? undefined : await startProduct(outside, state, progress, teardown);
  slack.setPanel(controlRoutes(world, supervisor, { pagerDuty, github }));
  return {
    pageUrl: slack.pageUrl,
    world,
    outside,
    terminalEnvironment: readingEnvironment(outside),
    stateFolder: state.path,
    close: () => teardown.run(),
  };
}

function outsideOf(
  world: World,
  options: Options,
  configurationFile: string,
): Omit<Outside, 'slack' | 'botPort' | 'pagerDuty' | 'github' | 'policyFile' | 'dryRun'> {
  return {
    configurationFile,
    kubeconfig: world.cluster.kubeconfig,
    authorityFile: world.authorityFile,
    storeUrl: world.storeUrl,
    redisUrl: options.redis,
    prometheusUrl: world.prometheusUrl,
    grafana: world.grafana,
    vault: { addresses: world.vault.addresses, botToken: world.vault.botToken, fixToken: world.vault.fixToken },
    production: { database: world.databases.production, apiUrl: world.production.url, hubUrl: world.production.hubUrl },
    staging: { database: world.databases.staging, apiUrl: world.staging.url, hubUrl: world.staging.hubUrl },
  };
}

async function writeConfiguration(options: Options, state: StateFolder, repository: string): Promise<string> {
  const contexts = contextsOf(options);
  const text = configurationFile({
    channels: [
      { id: channels.support, target: 'production' },
      { id: channels.general, target: 'production' },
      { id: channels.staging, target: 'staging' },
    ],
    readContext: contexts.read,
    fixContext: contexts.fix,
    repository,
  });
  const path = state.at('hotswap.yaml');
  await writeFile(path, text);
  return path;
}

async function startProduct(outside: Outside, state: StateFolder, progress: Progress, teardown: Teardown): Promise<Supervisor> {
  const supervisor = supervise(productProcesses(outside), (name) => state.at('logs', `${name}.log`), progress.say);
  teardown.add(() => supervisor.stop());
  await progress.step("the bot's processes", () =>
    untilHealthy({ isHealthy: () => saysHealthy(outside.botPort), status: supervisor.status }),
  );
  return supervisor;
}

async function saysHealthy(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
  return answer?.ok === true;
}

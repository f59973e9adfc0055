import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createSlackApp } from '../../src/bot/slack-app.ts';
import { startTrouble } from '../../src/bot/start-trouble.ts';
import { ConfigurationError } from '../../src/config/errors.ts';
import { QueueUnavailableError } from '../../src/queue/errors.ts';
import { openStore } from '../../src/store/pool.ts';
import { mustHaveTables } from '../../src/store/schema.ts';
import { createDatabase } from '../support/database.ts';
import { startSlackServer } from '../support/slack-server.ts';
import { createStore } from '../support/store.ts';

const withCode = (code: string, message: string) => Object.assign(new Error(message), { code });

it('names the thing, the reason and the mend, and leaves a bug to its stack', () => {
  const refused = withCode('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1');
  expect(startTrouble(new QueueUnavailableError('diagnose', { cause: refused }))).toMatch(/REDIS_URL, STORE_DATABASE_URL.*127\.0\.0\.1:1/);
  expect(startTrouble(new QueueUnavailableError('diagnose'))).toContain('did not answer in time');
  expect(startTrouble(refused)).toMatch(/^The bot's database \(STORE_DATABASE_URL\) does not answer: .*127\.0\.0\.1:1\. See that it is up/);
  expect(startTrouble(withCode('EADDRINUSE', 'listen EADDRINUSE: address already in use :::3000'))).toMatch(/:::3000.*set PORT/);
  expect(startTrouble(new ConfigurationError(['PORT is wrong']))).toContain('PORT is wrong');
  expect(startTrouble(new TypeError('a bug'))).toBeUndefined();
});

it('says of a database without tables what makes them', async () => {
  const store = openStore({ url: await createDatabase(), application: 'test', connectWithinMs: 30_000, onError: () => {} });
  const error: unknown = await mustHaveTables(store).catch((reason: unknown) => reason);
  await store.end();
  expect(startTrouble(error)).toContain('npm run release');
});

it('lets a process start whose database does not answer yet, and knows its tables', async () => {
  const away = openStore({ url: 'postgres://nobody@127.0.0.1:1/nothing', application: 'test', onError: () => {} });
  await expect(mustHaveTables(away)).resolves.toBeUndefined();
  await away.end();
  await expect(mustHaveTables((await createStore()).store)).resolves.toBeUndefined();
});

it('names the token that Slack does not accept, and where to find another one', async () => {
  const slack = await startSlackServer();
  slack.always(({ method }) => method === 'auth.test', { body: { ok: false, error: 'invalid_auth' } });
  const variables = { SLACK_MODE: 'http', SLACK_BOT_TOKEN: 'xoxb-old', SLACK_APP_TOKEN: undefined, PORT: 0 } as const;
  const app = createSlackApp(
    { ...variables, SLACK_SIGNING_SECRET: '0123456789abcdef', SLACK_API_URL: slack.url },
    async () => ({ slack: true, store: true }),
    pino({ level: 'silent' }),
  );
  const error: unknown = await app.start().catch((reason: unknown) => reason);
  expect(startTrouble(error)).toMatch(/Slack does not accept SLACK_BOT_TOKEN \(invalid_auth\).*OAuth & Permissions/);
  expect(startTrouble(error)).not.toContain('xoxb-old');
});

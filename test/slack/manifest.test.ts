import { readdirSync, readFileSync } from 'node:fs';
import { App, type Receiver } from '@slack/bolt';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { slackLogger } from '../../src/bot/slack-logger.ts';
import { HANDLERS } from '../../src/handlers/registry.ts';
import { httpManifestFile, Manifest } from '../../src/slack/manifest.ts';
import { startBot } from '../support/bot.ts';

const text = readFileSync('manifest.json', 'utf8');
const manifest = Manifest.parse(JSON.parse(text));

/** The scope that each Web API method needs (docs.slack.dev); views.*, auth.test and chat.getPermalink need none. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  'chat.postMessage': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.update': ['chat:write'],
  'chat.delete': ['chat:write'],
  'chat.getPermalink': [],
  'conversations.open': ['im:write'],
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.members': ['channels:read', 'groups:read'],
  'users.info': ['users:read'],
  'usergroups.users.list': ['usergroups:read'],
  'usergroups.list': ['usergroups:read'],
  'files.getUploadURLExternal': ['files:write'],
  'files.completeUploadExternal': ['files:write'],
  'files.delete': ['files:write'],
  'pins.add': ['pins:write'],
  'pins.remove': ['pins:write'],
  'views.open': [],
  'views.update': [],
  'views.push': [],
  'views.publish': [],
};

/** Scopes that are asked for now so that no reinstallation is needed when their feature comes. */
const AHEAD = ['channels:read', 'groups:read', 'users:read', 'usergroups:read'];

function methodsUsed(): string[] {
  const files = ['src/handlers', 'src/slack', 'src/bot'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(`${folder}/${name}`, 'utf8')),
  );
  const found = files.flatMap((source) =>
    [...source.matchAll(/\bclient(?:\.app)?\.((?:chat|conversations|users|usergroups|views|files|reactions|pins)(?:\.\w+)+)\(/g)].map(
      ([, name]) => name ?? '',
    ),
  );
  return [...new Set(found)].sort();
}

describe('manifest.json', () => {
  it('asks for the scopes that the code uses, and for no other', () => {
    const methods = methodsUsed();
    expect(methods).toContain('chat.postMessage');
    expect(methods.filter((method) => !(method in SCOPES))).toEqual([]);
    const used = ['commands', 'app_mentions:read', ...methods.flatMap((method) => SCOPES[method] ?? [])];
    expect(manifest.oauth_config.scopes.bot).toEqual(expect.arrayContaining([...new Set(used)]));
    expect(manifest.oauth_config.scopes.bot.filter((scope) => !used.includes(scope) && !AHEAD.includes(scope))).toEqual([]);
  });

  it('names the commands, shortcuts and events that listeners are registered for', async () => {
    const { context } = await startBot();
    const commands: string[] = [];
    const events: string[] = [];
    const shortcuts: string[] = [];
    const receiver: Receiver = { init() {}, start: async () => {}, stop: async () => {} };
    const app = new App({ token: 'xoxb-test', botId: 'B1', botUserId: 'U1', receiver, logger: slackLogger(pino({ level: 'silent' })) });
    app.command = (name: string | RegExp) => void commands.push(String(name));
    app.shortcut = (constraints: unknown) => void shortcuts.push(z.object({ callback_id: z.string() }).parse(constraints).callback_id);
    app.event = (name: string | RegExp) => void events.push(String(name));
    for (const register of HANDLERS) register(app, context);
    expect(manifest.features.slash_commands.map(({ command }) => command).sort()).toEqual(commands.sort());
    expect(manifest.features.shortcuts.map(({ callback_id }) => callback_id).sort()).toEqual(shortcuts.sort());
    expect([...manifest.settings.event_subscriptions.bot_events].sort()).toEqual(events.sort());
  });

  it('is for Socket Mode, and the variant for HTTP is made from it', () => {
    expect(manifest.settings.socket_mode_enabled).toBe(true);
    expect(readFileSync('docs/manifest.http.json', 'utf8')).toBe(httpManifestFile(text));
    const http = Manifest.parse(JSON.parse(readFileSync('docs/manifest.http.json', 'utf8')));
    expect(http.settings).toMatchObject({ socket_mode_enabled: false, interactivity: { is_enabled: true } });
    const urls = [http.settings.interactivity.request_url, http.settings.event_subscriptions.request_url];
    expect(new Set([...urls, ...http.features.slash_commands.map(({ url }) => url)]).size).toBe(1);
  });
});

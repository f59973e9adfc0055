import { z } from 'zod';

/** The parts of Slack's app manifest that this project relies on (docs.slack.dev, app manifest reference); the rest passes through. */
export const Manifest = z.looseObject({
  display_information: z.looseObject({
    name: z.string().max(35),
    description: z.string().max(140),
    long_description: z.string().min(174).max(4_000),
  }),
  features: z.looseObject({
    bot_user: z.looseObject({ display_name: z.string().max(80) }),
    shortcuts: z.array(
      z.looseObject({
        name: z.string().max(24),
        type: z.enum(['message', 'global']),
        callback_id: z.string().max(255),
        description: z.string().max(150),
      }),
    ),
    slash_commands: z.array(
      z.looseObject({
        command: z.string().startsWith('/').max(32),
        description: z.string().max(2_000),
        usage_hint: z.string().max(1_000),
        url: z.url().optional(),
      }),
    ),
  }),
  oauth_config: z.looseObject({ scopes: z.looseObject({ bot: z.array(z.string()) }) }),
  settings: z.looseObject({
    event_subscriptions: z.looseObject({ bot_events: z.array(z.string()), request_url: z.url().optional() }),
    interactivity: z.looseObject({ is_enabled: z.boolean(), request_url: z.url().optional() }),
    socket_mode_enabled: z.boolean(),
  }),
});
export type Manifest = z.infer<typeof Manifest>;

/** The manifest for HTTP instead of Socket Mode: the same app, with the address that Slack sends everything to. */
function httpManifest(manifest: Manifest, url: string): Manifest {
  const { settings, features } = manifest;
  return {
    ...manifest,
    features: { ...features, slash_commands: features.slash_commands.map((command) => ({ ...command, url })) },
    settings: {
      ...settings,
      event_subscriptions: { ...settings.event_subscriptions, request_url: url },
      interactivity: { ...settings.interactivity, request_url: url },
      socket_mode_enabled: false,
    },
  };
}

/** Where Slack reaches the bot in HTTP mode, with a host to be replaced. */
const EXAMPLE_URL = 'https://hotswap-bot.example.com/slack/events';

/** The text of docs/manifest.http.json. */
export function httpManifestFile(manifestFile: string): string {
  return `${JSON.stringify(httpManifest(Manifest.parse(JSON.parse(manifestFile)), EXAMPLE_URL), null, 2)}\n`;
}

import type { NamedTarget, Settings } from '../config/settings.ts';
import { type Rules, rulesOf } from '../redaction/find.ts';

/** What is taken out of a bundle of a target: everything that always is, the bot's own secrets, and what the settings add. */
export function bundleRules({ bundle }: Pick<Settings, 'bundle'>, target: NamedTarget, secrets: readonly string[]): Rules {
  const { emails, addresses, customSecrets } = bundle;
  return rulesOf({
    secrets,
    publicNames: target.database.applicationRoles,
    emails,
    addresses,
    custom: customSecrets.map(({ name, pattern }) => ({ name, pattern: new RegExp(pattern) })),
  });
}

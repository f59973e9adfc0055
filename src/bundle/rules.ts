import { setFlagsFromString } from 'node:v8';
import type { NamedTarget, Settings } from '../config/settings.ts';
import { type Rules, rulesOf } from '../redaction/find.ts';

/** A rule such as (a+)+$ would hold the process for hours on one line: V8 then looks again, in linear time. It takes a little memory. */
const LINEAR = '--enable-experimental-regexp-engine-on-excessive-backtracks';

/** What is taken out of a bundle of a target: everything that always is, the bot's own secrets, and what the settings add. */
export function bundleRules({ bundle }: Pick<Settings, 'bundle'>, target: NamedTarget, secrets: readonly string[]): Rules {
  const { emails, addresses, customSecrets } = bundle;
  if (customSecrets.length > 0) setFlagsFromString(LINEAR);
  return rulesOf({
    secrets,
    publicNames: target.database.applicationRoles,
    emails,
    addresses,
    custom: customSecrets.map(({ name, pattern }) => ({ name, pattern: new RegExp(pattern) })),
  });
}

import { createHash } from 'node:crypto';
import { ConfigurationError } from '../config/errors.ts';
import type { Logger } from '../config/logger.ts';
import type { Settings } from '../config/settings.ts';
import { openPolicyFile, PolicyError, type PolicyNews, type WatchedPolicy } from '../remediations/approvals/policy-file.ts';
import { renderPolicyNews } from '../slack/render/policy-news.ts';
import { putMessage } from '../store/messages.ts';
import type { Store } from '../store/pool.ts';

/** Where the policy stands where no variable names it. */
const POLICY_PATH = 'config/policy.yaml';

interface Variables {
  readonly HOTSWAP_POLICY: string | undefined;
  readonly APPROVERS_USERGROUP: string | undefined;
}

/** Opens the policy of a process. @throws ConfigurationError where its file cannot be used. */
export function openPolicy({ HOTSWAP_POLICY, APPROVERS_USERGROUP }: Variables, log: Logger): WatchedPolicy {
  const path = HOTSWAP_POLICY ?? POLICY_PATH;
  try {
    return openPolicyFile({ path, required: HOTSWAP_POLICY !== undefined, approversGroup: APPROVERS_USERGROUP, log });
  } catch (error) {
    throw error instanceof PolicyError ? new ConfigurationError(error.problems) : error;
  }
}

interface Around {
  readonly store: Store;
  readonly settings: Settings;
  readonly log: Logger;
  now(): Date;
}

/** Says in each channel that the policy was refused, and when it is mended: once, however many bots see it. */
export async function sayPolicyNews(news: PolicyNews, { store, settings, log, now }: Around): Promise<void> {
  if (news.kind === 'taken-up' && !news.mended) return;
  const subject = createHash('sha256').update(JSON.stringify(news)).digest('hex').slice(0, 12);
  const minute = now().toISOString().slice(0, 15); // ten minutes: bots that see the same file are not further apart
  try {
    for (const channel of new Set(settings.slack.channels.map(({ id }) => id)))
      await putMessage(store, {
        ...renderPolicyNews(news),
        key: `policy:${news.kind}:${channel}:${subject}:${minute}`,
        threadKey: null,
        channel,
        urgency: 'result',
      });
  } catch (error) {
    log.error({ err: error }, 'the channels could not be told about the policy');
  }
}

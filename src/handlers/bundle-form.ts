import type { Report } from '../diagnostics/report.ts';
import { type BundleForm, bundleFormModal } from '../slack/render/bundle-form.ts';
import type { BundleRecord } from '../store/bundles.ts';
import { findActiveBundle } from '../store/bundles.ts';
import { findMessage } from '../store/messages.ts';
import type { Queryable } from '../store/pool.ts';
import { threadRootKey } from '../store/threads.ts';
import { mustMayCollect } from './bundle-standing.ts';
import type { FixContext } from './fix-context.ts';
import { Refusal } from './refusal.ts';

export const BUNDLE_TITLE = 'Support bundle';

/** How the time line of a report words that the trouble began (diagnostics/timeline.ts); the rest of it are rollouts. */
const BEGAN = /rose above/;

const NOTHING_TOLD: BundleForm['told'] = { symptom: '', since: '', changes: '' };

/** What the bot knows already of what it asks: the result, when the trouble began, and what is different since. */
export function knownFrom(report: Report | null): BundleForm['told'] {
  if (report === null) return NOTHING_TOLD;
  const line = ({ at, what }: Report['timeline'][number]) => `${at.slice(0, 16).replace('T', ' ')} UTC: ${what}`;
  const earliest = report.timeline.find(({ what }) => BEGAN.test(what));
  const rollouts = report.timeline.filter(({ what }) => !BEGAN.test(what)).map(line);
  return {
    symptom: report.headline,
    since: earliest === undefined ? '' : line(earliest),
    changes: [...(report.sinceHealthy?.changes ?? []), ...rollouts].join('\n'),
  };
}

/** The window, filled in. @throws Refusal where the person may not, or where a bundle of the target is under way */
export async function bundleForm(form: BundleForm, user: string, context: FixContext) {
  const { target, channel } = form.reference;
  if (!(target in context.settings.targets)) throw new Refusal(`The target \`${target}\` is no longer configured.`);
  mustMayCollect(await context.people.facts(user, channel), channel);
  const active = await findActiveBundle(context.store, target);
  if (active !== null) throw new Refusal(await joinedText(context.store, active));
  return bundleFormModal(form);
}

/** Where the bundle that is under way already can be followed (mrkdwn). */
export async function joinedText(db: Queryable, { target, threadId, requestedBy }: BundleRecord): Promise<string> {
  const link = (await findMessage(db, threadRootKey(threadId)))?.permalink ?? null;
  const thread = link === null ? 'its thread' : `<${link}|its thread>`;
  return `A support bundle of ${target} is being collected already, asked for by <@${requestedBy}>: see ${thread}. One at a time is collected of each target.`;
}

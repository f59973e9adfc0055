import type { App } from '@slack/bolt';
import { resolve } from '../remediations/approvals/rule.ts';
import { drawThreadPage } from '../slack/page-view.ts';
import { actionPattern } from '../slack/render/actions.ts';
import { HELP } from '../slack/render/help-actions.ts';
import { pageModal, pageTextOf } from '../slack/render/page.ts';
import { slackTime } from '../slack/render/text.ts';
import { appendAudit, lockAudit } from '../store/audit.ts';
import { type Queryable, transaction } from '../store/pool.ts';
import { acknowledgeThreadPage, askForThreadPage, endThreadPage, findThreadPage, type ThreadPage } from '../store/thread-pages.ts';
import type { Thread } from '../store/threads.ts';
import { withinAnswerTime } from './bounded.ts';
import type { FixContext } from './fix-context.ts';
import { mustBeSomebody } from './fix-standing.ts';
import { type Incident, incidentNamed, incidentOf, incidentShown, incidentValue } from './incident.ts';
import { onPress, onSubmit, type Submission, type SubmissionAnswer } from './listen.ts';
import { openFromCommand, openModal } from './modal.ts';
import { Refusal } from './refusal.ts';
import type { Verb } from './verb.ts';

const TITLE = 'Page on-call';

/** Calls whoever is on call about an incident: the same window as the button. */
export const escalateVerb: Verb = {
  name: 'escalate',
  usage: '/hotswap escalate [incident]',
  purpose: 'page whoever is on call about the newest incident of the channel, or that one; a window asks first',
  async answer(words, asked, context) {
    const incident = await withinAnswerTime(incidentNamed(context.store, words, asked.channel), context);
    openFromCommand(TITLE, asked, context, () => ask(incident, asked.user, context));
    return 'A window shows what will be sent. Nobody is called before you press “Page” there.';
  },
};

/** The button under a report, the window, and the button that ends a page. */
export function registerEscalation(app: App, context: FixContext): void {
  onPress(app, actionPattern(HELP.page), context, (press) =>
    openModal(TITLE, press, context, async () => ask(await incidentOf(context.store, press.value), press.user, context)),
  );
  onSubmit(app, HELP.paging, context, (submission) => withinAnswerTime(page(submission, context), context));
  onPress(app, actionPattern(HELP.resolve), context, async ({ value, user, channel, tell }) => {
    const { thread } = await incidentOf(context.store, value);
    await mustBeSomebody(context, user, channel ?? thread.channel);
    if (!(await resolvePage(thread, user, context))) await tell('Nothing is open here: the page is resolved already.');
  });
}

/** The window, where no page is open. @throws Refusal otherwise, with who asked for it. */
async function ask(incident: Incident, user: string, context: FixContext) {
  const { thread, report, link } = incident;
  await mustBeSomebody(context, user, thread.channel);
  const open = await findThreadPage(context.store, thread.id);
  if (open !== null && !mayAskAgain(open)) throw new Refusal(openText(open));
  return pageModal(thread, pageTextOf(thread, report, link), incidentValue(incident), context.pager === true);
}

async function page(submission: Submission, context: FixContext): Promise<SubmissionAnswer | undefined> {
  const { user } = submission;
  const { thread, report, link } = await incidentShown(context.store, submission.metadata);
  const { summary, call } = pageTextOf(thread, report, link);
  const typed = context.redact(submission.values.summary?.value?.value?.trim() ?? '');
  if (typed === '') return { response_action: 'errors', errors: { summary: 'Say in one sentence what is wrong.' } };
  const policy = context.policy.current();
  const people = resolve(policy, policy.defaults.approve);
  const asked = await transaction(context.store, async (db) => {
    await lockAudit(db);
    if (!(await askForThreadPage(db, { threadId: thread.id, summary: typed, people, call, by: user }))) return false;
    await note(db, 'escalated', user, thread, { summary: typed, severity: call.severity, reworded: typed !== summary }, context.now());
    await drawThreadPage(db, thread.id);
    return true;
  });
  const open = asked ? null : await findThreadPage(context.store, thread.id);
  if (open !== null) throw new Refusal(openText(open));
  return undefined;
}

/** Whoever takes care of the thread acknowledges its page, if one is open. True where this did. */
export async function acknowledgePage(db: Queryable, thread: Thread, user: string, at: Date): Promise<boolean> {
  if (!(await acknowledgeThreadPage(db, thread.id, user, at))) return false;
  await note(db, 'page-acknowledged', user, thread, {}, at);
  await drawThreadPage(db, thread.id);
  return true;
}

function resolvePage(thread: Thread, user: string, { store, now }: FixContext): Promise<boolean> {
  return transaction(store, async (db) => {
    await lockAudit(db);
    if (!(await endThreadPage(db, thread.id, user, now()))) return false;
    await note(db, 'page-resolved', user, thread, {}, now());
    await drawThreadPage(db, thread.id);
    return true;
  });
}

function note(db: Queryable, event: string, actor: string, thread: Thread, details: object, at: Date): Promise<void> {
  const { id, target } = thread;
  return appendAudit(db, { at, event, actor, requestId: null, target, fingerprint: null, details: { thread: id, ...details } });
}

/** The pager takes the same key as the same incident, so it must know first that the last one is over. */
const mayAskAgain = ({ ended, state }: ThreadPage): boolean => ended !== null && (state === 'told' || state === 'resolved');

function openText({ askedBy, askedAt, acknowledged, ended }: ThreadPage): string {
  if (ended !== null) return 'PagerDuty is still being told that the last page is over. Nobody was called; try again in a moment.';
  const taken = acknowledged === null ? 'Nobody has acknowledged it yet.' : `<@${acknowledged.by}> has acknowledged it.`;
  return `<@${askedBy}> has paged on-call about this already, ${slackTime(askedAt)}. ${taken} Nobody was called a second time.`;
}

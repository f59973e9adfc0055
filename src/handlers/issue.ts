import type { App } from '@slack/bolt';
import type { IssueTracker, Visibility } from '../clients/github.ts';
import { drawIssue } from '../slack/issue-view.ts';
import { actionPattern } from '../slack/render/actions.ts';
import { filesAsMarkdown } from '../slack/render/bundle-files.ts';
import { HELP } from '../slack/render/help-actions.ts';
import { issueModal } from '../slack/render/issue.ts';
import { isShared, issueText } from '../slack/render/issue-text.ts';
import { escapeShort, escapeUrl } from '../slack/render/text.ts';
import { appendAudit, lockAudit } from '../store/audit.ts';
import { bundledFiles, latestBundle } from '../store/bundles.ts';
import { askForIssue, findIssue, type ThreadIssue } from '../store/issues.ts';
import { transaction } from '../store/pool.ts';
import { listThreadRequests } from '../store/requests.ts';
import { withinAnswerTime } from './bounded.ts';
import type { FixContext } from './fix-context.ts';
import { mustBeSomebody } from './fix-standing.ts';
import { type Incident, incidentOf, incidentValue } from './incident.ts';
import { onPress, onSubmit, type Submission, type SubmissionAnswer } from './listen.ts';
import { openModal } from './modal.ts';
import { Refusal } from './refusal.ts';

const TITLE = 'Open GitHub issue';
const LONGEST_TITLE = 250;
const LONGEST_WORDS = 600;

/** A GitHub issue with the report of a thread: a window shows all of it, and the bot's process opens it when that is submitted. */
export function registerIssues(app: App, context: FixContext): void {
  onPress(app, actionPattern(HELP.issue), context, (press) =>
    openModal(TITLE, press, context, async () => {
      const tracker = trackerOf(context);
      const incident = await incidentOf(context.store, press.value);
      await mustBeSomebody(context, press.user, press.channel ?? incident.thread.channel);
      await mustHaveNone(incident.thread.id, context);
      return windowOf(incident, tracker, context);
    }),
  );
  onSubmit(app, HELP.opening, context, (submission) => withinAnswerTime(ask(submission, context), context));
}

async function windowOf(incident: Incident, tracker: IssueTracker, context: FixContext) {
  const { thread, report, link } = incident;
  const visibility = await visibilityOf(tracker);
  const details = visibility === 'private' || context.settings.github?.publicDetails === true;
  const fixes = await listThreadRequests(context.store, thread.id);
  const bundle = await latestBundle(context.store, thread.id);
  const text = issueText({ target: thread.target, report, fixes, link, bundle }, { details });
  const redacted = { title: context.redact(text.title), body: text.body.map(context.redact) };
  const files = details && isShared(bundle) ? await bundledFiles(context.store, bundle.id) : [];
  const shown = { repository: tracker.repository, visibility, details, labels: context.settings.github?.labels ?? [], files };
  const manifest = files.length === 0 ? '' : (bundle?.id ?? '');
  return issueModal(redacted, shown, `${incidentValue(incident)}/${visibility}/${manifest}`);
}

/** GitHub's own words for why not are for the person who pressed. */
async function visibilityOf(tracker: IssueTracker) {
  try {
    return await tracker.visibility();
  } catch (error) {
    if (error instanceof Error && error.name === 'GitHubError')
      throw new Refusal(`${escapeShort(error.message, LONGEST_WORDS)} Nothing was sent.`);
    throw error;
  }
}

/** Writes down what is to be opened. The window closes; the thread says what becomes of it. */
async function ask({ metadata, values, user }: Submission, context: FixContext): Promise<SubmissionAnswer | undefined> {
  const tracker = trackerOf(context);
  const [threadId = '', , seen = '', manifest = ''] = metadata.split('/');
  const { thread } = await incidentOf(context.store, threadId);
  const title = context.redact(values.title?.value?.value?.trim() ?? '').slice(0, LONGEST_TITLE);
  if (title === '') return { response_action: 'errors', errors: { title: 'An issue needs a title.' } };
  const names = Object.keys(values).filter((name) => name.startsWith('body-'));
  const typed = context.redact(names.map((name) => values[name]?.value?.value ?? '').join('\n'));
  const files = manifest === '' ? '' : filesAsMarkdown(await bundledFiles(context.store, manifest));
  const body = [typed, files].filter((text) => text !== '').join('\n\n');
  const visibility: Visibility = seen === 'public' || seen === 'internal' || seen === 'private' ? seen : 'public';
  const labels = context.settings.github?.labels ?? [];
  const at = context.now();
  await transaction(context.store, async (db) => {
    await lockAudit(db);
    const asked = { threadId: thread.id, repository: tracker.repository, visibility, title, body, labels, askedBy: user, at };
    if (!(await askForIssue(db, asked))) return;
    const details = { thread: thread.id, repository: tracker.repository, visibility, summary: title };
    await appendAudit(db, { at, event: 'issue-asked', actor: user, requestId: null, target: thread.target, fingerprint: null, details });
    await drawIssue(db, thread.id);
  });
  const issue = await findIssue(context.store, thread.id);
  if (issue !== null && (issue.askedBy !== user || issue.askedAt.getTime() !== at.getTime())) throw new Refusal(standsText(issue));
  return undefined;
}

function trackerOf({ issues }: FixContext): IssueTracker {
  if (issues !== undefined) return issues;
  throw new Refusal(
    'No repository is configured here. Whoever runs me sets `github.repository` in config/hotswap.yaml, and GITHUB_TOKEN for the bot. Nothing was sent.',
  );
}

async function mustHaveNone(threadId: string, { store }: FixContext): Promise<void> {
  const issue = await findIssue(store, threadId);
  if (issue !== null && issue.state !== 'failed') throw new Refusal(standsText(issue));
}

function standsText({ askedBy, opened, repository }: ThreadIssue): string {
  if (opened === null) return `<@${askedBy}> has asked for an issue in ${repository} already; it is being opened. A thread has one issue.`;
  return `This thread has an issue already: <${escapeUrl(opened.url)}|${repository}#${opened.number}>, opened by <@${askedBy}>.`;
}

import { GitHubError, type IssueTracker } from '../clients/github.ts';
import type { Logger } from '../config/logger.ts';
import { drawIssue } from '../slack/issue-view.ts';
import { appendAudit, lockAudit } from '../store/audit.ts';
import { claimIssue, issueMarker, noteAttempt, postponeIssue, settleIssue, type ThreadIssue } from '../store/issues.ts';
import { type Store, transaction } from '../store/pool.ts';
import { startLoop } from './loop.ts';

const EVERY_MS = 1_000;
const MOST_ATTEMPTS = 20;
const LONGEST_BACK_OFF_SECONDS = 600;
/** GitHub's clock and ours may differ by so much. */
const CLOCK_SLACK_MS = 300_000;
const ORDER = ['private', 'internal', 'public'];

interface IssuesOptions {
  readonly store: Store;
  readonly tracker: IssueTracker;
  readonly log: Logger;
}

/** Opens the issues that were asked for, one for each thread, until stopped. Any number of processes may. */
export function startIssues(options: IssuesOptions): { stop(): Promise<void> } {
  return startLoop('issues could not be opened', EVERY_MS, options.log, () => openIssues(options));
}

/** One round: every issue that is due. */
export async function openIssues({ store, tracker, log }: IssuesOptions): Promise<void> {
  for (let issue = await claimIssue(store); issue !== null; issue = await claimIssue(store)) {
    try {
      await open(store, issue, tracker);
    } catch (error) {
      await failed(store, issue, error, log);
    }
  }
}

/** An issue that GitHub may have from an earlier try is looked for first: it is never opened twice. */
async function open(store: Store, issue: ThreadIssue, tracker: IssueTracker): Promise<void> {
  const { threadId, title, labels, attemptedAt } = issue;
  if (issue.repository !== tracker.repository)
    return settle(store, issue, {
      failure: `It was to go to ${issue.repository}; ${tracker.repository} is configured now. Look at it again.`,
    });
  const visibility = await tracker.visibility();
  if (ORDER.indexOf(visibility) > ORDER.indexOf(issue.visibility))
    return settle(store, issue, {
      failure: `The repository was ${issue.visibility} when you saw the text, and is ${visibility} now. Look at it again.`,
    });
  const marker = issueMarker(threadId);
  const since = attemptedAt === null ? null : new Date(attemptedAt.getTime() - CLOCK_SLACK_MS);
  const found = since === null ? null : await tracker.find(marker, since);
  if (found !== null) return settle(store, issue, found);
  await noteAttempt(store, threadId);
  await settle(store, issue, await tracker.open({ title, body: `${issue.body}\n\n${marker}\n`, labels }));
}

async function settle(store: Store, issue: ThreadIssue, outcome: Parameters<typeof settleIssue>[2]): Promise<void> {
  const { threadId, target, repository, askedBy } = issue;
  await transaction(store, async (db) => {
    await lockAudit(db);
    await settleIssue(db, threadId, outcome);
    const event = 'failure' in outcome ? 'issue-failed' : 'issue-opened';
    const details = { thread: threadId, repository, by: askedBy, outcome: 'failure' in outcome ? outcome.failure : outcome.url };
    await appendAudit(db, { at: new Date(), event, actor: 'bot', requestId: null, target, fingerprint: null, details });
    await drawIssue(db, threadId);
  });
}

async function failed(store: Store, issue: ThreadIssue, error: unknown, log: Logger): Promise<void> {
  log.warn({ err: error, thread: issue.threadId, attempts: issue.attempts }, 'an issue could not be opened');
  if (!(error instanceof GitHubError)) throw error; // of our own store: the claim ends, and it is tried again
  const { message, retryAfterSeconds } = error;
  if (retryAfterSeconds === null || issue.attempts >= MOST_ATTEMPTS) return settle(store, issue, { failure: message });
  const seconds = Math.max(retryAfterSeconds, Math.min(2 ** issue.attempts, LONGEST_BACK_OFF_SECONDS));
  await transaction(store, async (db) => {
    await postponeIssue(db, issue.threadId, seconds, message);
    await drawIssue(db, issue.threadId);
  });
}

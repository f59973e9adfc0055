import { Octokit } from '@octokit/core';
import { z } from 'zod';

/** Who can read a repository: everybody, everybody of the enterprise, or those who were let in. */
export const Visibility = z.enum(['public', 'internal', 'private']);
export type Visibility = z.infer<typeof Visibility>;

export interface OpenedIssue {
  readonly number: number;
  readonly url: string;
}

/** One repository, as far as issues go. Everything throws GitHubError where GitHub does not do it. */
export interface IssueTracker {
  /** "owner/name". */
  readonly repository: string;
  /** Who can read it now. Also throws where no issue can be opened in it. */
  visibility(): Promise<Visibility>;
  /** The issue whose body holds this marker, among the newest that changed since; null where there is none. */
  find(marker: string, since: Date): Promise<OpenedIssue | null>;
  open(issue: { readonly title: string; readonly body: string; readonly labels: readonly string[] }): Promise<OpenedIssue>;
}

type GitHubFailure = 'unauthorised' | 'forbidden' | 'not-found' | 'moved' | 'disabled' | 'invalid' | 'rate-limited' | 'unreachable';

/** Why GitHub did not do it, in a sentence with what to do. `retryAfterSeconds`: when to try again; null: trying again does not help. */
export class GitHubError extends Error {
  readonly failure: GitHubFailure;
  readonly retryAfterSeconds: number | null;

  constructor(failure: GitHubFailure, message: string, retryAfterSeconds: number | null = null) {
    super(message);
    this.name = 'GitHubError';
    this.failure = failure;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

const TIMEOUT_MS = 10_000;
const PER_PAGE = 100;
const MOST_PAGES = 3;
const SOON_SECONDS = 5;
const LONGEST_WAIT_SECONDS = 3_600;

const Repository = z.object({
  full_name: z.string(),
  private: z.boolean(),
  visibility: Visibility.optional(),
  has_issues: z.boolean(),
  archived: z.boolean(),
});
const Issue = z.object({ number: z.int(), html_url: z.url(), body: z.string().nullable().optional() });

/** GitHub's REST API, by Octokit (docs.github.com/en/rest, version 2022-11-28). */
export function connectGitHub(options: { readonly url: string; readonly token: string; readonly repository: string }): IssueTracker {
  const { repository } = options;
  const [owner = '', repo = ''] = repository.split('/');
  const silent = () => {};
  const log = { debug: silent, info: silent, warn: silent, error: silent }; // failures are thrown, and logged by whoever catches them
  const octokit = new Octokit({ auth: options.token, baseUrl: options.url.replace(/\/$/, ''), userAgent: 'hotswap-bot', log });
  const asked = () => ({ owner, repo, request: { signal: AbortSignal.timeout(TIMEOUT_MS) } });
  return {
    repository,
    async visibility() {
      const { data } = await told(repository, () => octokit.request('GET /repos/{owner}/{repo}', asked()));
      const found = read(Repository, data);
      if (found.full_name.toLowerCase() !== repository.toLowerCase())
        throw new GitHubError('moved', `The repository is called ${found.full_name} now: set github.repository to that.`);
      if (found.archived) throw new GitHubError('disabled', `${repository} is archived, so no issue can be opened in it.`);
      if (!found.has_issues) throw disabled(repository);
      return found.visibility ?? (found.private ? 'private' : 'public');
    },
    async find(marker, since) {
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        const query = { ...asked(), state: 'all' as const, sort: 'created' as const, direction: 'desc' as const, per_page: PER_PAGE, page };
        const { data } = await told(repository, () =>
          octokit.request('GET /repos/{owner}/{repo}/issues', { ...query, since: since.toISOString() }),
        );
        const issues = read(z.array(Issue), data);
        const found = issues.find(({ body }) => body?.includes(marker));
        if (found !== undefined) return { number: found.number, url: found.html_url };
        if (issues.length < PER_PAGE) return null;
      }
      return null;
    },
    async open({ title, body, labels }) {
      const { data } = await told(repository, () =>
        octokit.request('POST /repos/{owner}/{repo}/issues', { ...asked(), title, body, labels: [...labels] }),
      );
      const { number, html_url: url } = read(Issue, data);
      return { number, url };
    },
  };
}

function read<Schema extends z.ZodType>(schema: Schema, data: unknown): z.output<Schema> {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  throw new GitHubError('unreachable', 'GitHub answered in a form that I do not understand.', SOON_SECONDS);
}

async function told<Answer>(repository: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw failureOf(error, repository);
  }
}

const Answered = z.object({
  status: z.int(),
  response: z.object({ headers: z.record(z.string(), z.unknown()), data: z.unknown() }),
});
const Told = z.object({ message: z.string() });

/** What an answer of GitHub means. Says nothing that holds the token. */
function failureOf(error: unknown, repository: string): GitHubError {
  const answered = Answered.safeParse(error);
  if (!answered.success) return new GitHubError('unreachable', 'GitHub does not answer.', SOON_SECONDS);
  const { status, response } = answered.data;
  const said = Told.safeParse(response.data).data?.message ?? `HTTP ${status}`;
  const wait = waitSeconds(status, response.headers);
  if (wait !== null) return new GitHubError('rate-limited', `GitHub takes no more requests for ${wait} s (rate limit).`, wait);
  switch (status) {
    case 401:
      return new GitHubError('unauthorised', 'GitHub does not take GITHUB_TOKEN: it has ended, or was mistyped. Set a new one.');
    case 403:
      return new GitHubError('forbidden', `GITHUB_TOKEN may not do that in ${repository} (${said}). It needs “Issues: read and write”.`);
    case 404:
      return new GitHubError('not-found', `There is no ${repository}, or GITHUB_TOKEN may not see it.`);
    case 410:
      return disabled(repository);
    case 400:
    case 422:
      return new GitHubError('invalid', `GitHub refuses the issue (${said}). A label of github.labels may not exist.`);
    default:
      return new GitHubError('unreachable', `GitHub answers HTTP ${status}.`, SOON_SECONDS);
  }
}

const disabled = (repository: string) =>
  new GitHubError('disabled', `Issues are switched off in ${repository}: switch them on in its settings, or name another repository.`);

/** Seconds until GitHub takes requests again, where it says that it is a limit that was reached ("Rate limits for the REST API"). */
function waitSeconds(status: number, headers: Readonly<Record<string, unknown>>): number | null {
  if (status !== 403 && status !== 429) return null;
  const seconds = (value: unknown) => z.coerce.number().int().positive().safeParse(value).data;
  const after = seconds(headers['retry-after']);
  const reset = String(headers['x-ratelimit-remaining']) === '0' ? seconds(headers['x-ratelimit-reset']) : undefined;
  const wait = after ?? (reset === undefined ? undefined : reset - Math.floor(Date.now() / 1_000));
  if (wait === undefined) return status === 429 ? 60 : null;
  return Math.min(Math.max(wait, 1), LONGEST_WAIT_SECONDS);
}

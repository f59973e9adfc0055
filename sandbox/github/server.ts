import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { answerJson, listenOnLoopback, readJson } from '../loopback.ts';

/** An issue as the page shows it. */
export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  readonly at: string;
}

/** What a request is answered with instead: a refusal as GitHub words it, or nothing at all after it was carried out. */
export type Fault = 'lost-answer' | 'forbidden' | 'rate-limit' | 'server-error';

/** A GitHub with one repository, as far as its issues go. */
export interface GitHubStandIn {
  readonly apiUrl: string;
  readonly token: string;
  readonly repository: string;
  /** Newest first. */
  issues(): readonly Issue[];
  set(change: Partial<Repository>): void;
  /** The next request that opens an issue fails like this. */
  fail(fault: Fault): void;
  close(): void;
}

interface Repository {
  readonly visibility: 'public' | 'internal' | 'private';
  readonly hasIssues: boolean;
  readonly archived: boolean;
}

const NewIssue = z.object({
  title: z.string().min(1).max(256),
  body: z.string().max(65_536).optional(),
  labels: z.array(z.string()).default([]),
});
const LABELS = ['incident', 'bug'];

/** Starts it on loopback. Answers as https://docs.github.com/en/rest/issues/issues says. */
export async function startGitHub(repository = 'hotswap/hotswap-api'): Promise<GitHubStandIn> {
  const token = `github_pat_${randomBytes(20).toString('hex')}`;
  const state = new Issues(repository, token);
  const server = createServer((request, response) => void state.answer(request, response));
  const { url, close } = await listenOnLoopback(server);
  return {
    apiUrl: url,
    token,
    repository,
    issues: () => state.newestFirst(),
    set: (change) => state.set(change),
    fail: (fault) => state.fail(fault),
    close,
  };
}

class Issues {
  private readonly name: string;
  private readonly token: string;
  private readonly list: Issue[] = [];
  private repository: Repository = { visibility: 'private', hasIssues: true, archived: false };
  private fault: Fault | undefined;

  constructor(name: string, token: string) {
    this.name = name;
    this.token = token;
  }

  newestFirst(): Issue[] {
    return [...this.list].reverse();
  }

  set(change: Partial<Repository>): void {
    this.repository = { ...this.repository, ...change };
  }

  fail(fault: Fault): void {
    this.fault = fault;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://github.invalid');
    const authorization = request.headers.authorization ?? '';
    if (!request.headers['user-agent']) return answerJson(response, 403, { message: 'Request forbidden by administrative rules.' });
    if (authorization !== `token ${this.token}` && authorization !== `Bearer ${this.token}`)
      return answerJson(response, 401, { message: 'Bad credentials' });
    const path = pathname.toLowerCase();
    const own = `/repos/${this.name.toLowerCase()}`;
    if (request.method === 'GET' && path === own) return answerJson(response, 200, this.described());
    if (path !== `${own}/issues`) return answerJson(response, 404, { message: 'Not Found' });
    if (!this.repository.hasIssues) return answerJson(response, 410, { message: 'Issues has been disabled in this repository.' });
    if (request.method === 'GET') return answerJson(response, 200, this.listed(searchParams));
    if (request.method === 'POST') return this.open(await readJson(request), response);
    answerJson(response, 404, { message: 'Not Found' });
  }

  private described(): object {
    const { visibility, hasIssues, archived } = this.repository;
    return { full_name: this.name, private: visibility !== 'public', visibility, has_issues: hasIssues, archived };
  }

  private listed(query: URLSearchParams): object[] {
    const size = Math.min(Number(query.get('per_page') ?? 30), 100);
    const since = query.get('since') ?? '';
    const newest = this.newestFirst().filter(({ at }) => at >= since);
    return newest
      .slice((Number(query.get('page') ?? 1) - 1) * size)
      .slice(0, size)
      .map((issue) => this.shape(issue));
  }

  private open(body: unknown, response: ServerResponse): void {
    const { fault } = this;
    this.fault = undefined;
    const refusal = this.refusalOf(fault, body);
    if (fault === 'rate-limit') response.setHeader('retry-after', '1');
    if (refusal !== undefined) {
      answerJson(response, refusal.status, { message: refusal.message });
      return;
    }
    const { title, labels, body: text = '' } = NewIssue.parse(body);
    const issue = { number: this.list.length + 1, title, body: text, labels, at: new Date().toISOString() };
    this.list.push(issue);
    if (fault === 'lost-answer') response.destroy();
    else answerJson(response, 201, this.shape(issue));
  }

  private refusalOf(fault: Fault | undefined, body: unknown): { readonly status: number; readonly message: string } | undefined {
    if (fault === 'forbidden' || this.repository.archived)
      return { status: 403, message: 'Resource not accessible by personal access token' };
    if (fault === 'server-error') return { status: 502, message: 'Server Error' };
    if (fault === 'rate-limit') return { status: 403, message: 'You have exceeded a secondary rate limit.' };
    const asked = NewIssue.safeParse(body);
    const known = asked.success && asked.data.labels.every((label) => LABELS.includes(label));
    return known ? undefined : { status: 422, message: 'Validation Failed' };
  }

  private shape({ number, title, body, labels, at }: Issue): object {
    const html_url = `https://github.com/${this.name}/issues/${number}`;
    return { number, title, body, html_url, state: 'open', created_at: at, labels: labels.map((name) => ({ name })) };
  }
}

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPolicy } from '../bot/policy.ts';
import { SshKeygenError, signText } from '../clients/ssh-keygen.ts';
import { loadConfiguration } from '../config/environment.ts';
import { createLogger } from '../config/logger.ts';
import type { Policy } from '../remediations/approvals/policy.ts';
import type { RequestRecord } from '../remediations/approvals/record.ts';
import { NAMESPACE, newStatement, writeStatement } from '../remediations/approvals/statement.ts';
import { plainText, plainWords } from '../slack/render/plain.ts';
import { requestBlocks } from '../slack/render/request.ts';
import { openStore, type Store } from '../store/pool.ts';
import { findRequestsByPrefix, listOpenRequests } from '../store/requests.ts';
import { findSignature, submitSignature } from '../store/signatures.ts';
import { storeTrouble } from '../store/trouble.ts';
import { BAD_USAGE, STORE_SILENT } from './exit-code.ts';
import { parseRequestsArguments, REQUESTS_USAGE, type RequestsArguments } from './requests-arguments.ts';

/** A decision was handed in, and no executor has looked at it within this time. */
const VERDICT_WITHIN_MS = 15_000;
const REFUSED = 1;
const NOT_JUDGED = 3;

/** Something is wrong with what was asked for; the message says what and what to do. */
class RequestsError extends Error {}

/** What the commands work with; `say` prints a line. */
export interface RequestsContext {
  readonly store: Store;
  readonly policy: Policy;
  say(line: string): void;
  now(): Date;
}

/** `npx hotswap requests …`: open requests and their plans, and decisions about them, without Slack. Returns the exit code. */
export async function requestsCommand(words: readonly string[]): Promise<number> {
  const asked = parseRequestsArguments(words);
  if (asked.kind === 'help') return print(REQUESTS_USAGE, 0);
  if (asked.kind === 'bad-usage') {
    process.stderr.write(`${asked.problem}\n\n${REQUESTS_USAGE}\n`);
    return BAD_USAGE;
  }
  const { variables } = loadConfiguration({
    names: ['LOG_LEVEL', 'STORE_DATABASE_URL', 'APPROVERS_USERGROUP', 'HOTSWAP_POLICY'],
    access: 'none',
  });
  const policy = openPolicy(variables, createLogger('hotswap', variables.LOG_LEVEL));
  const store = openStore({
    url: variables.STORE_DATABASE_URL,
    application: 'hotswap-requests',
    connectWithinMs: 5_000,
    onError: () => {},
  });
  try {
    return await answerRequests(asked, { store, policy: policy.current(), say: (line) => void print(line, 0), now: () => new Date() });
  } catch (error) {
    const silent = storeTrouble(error);
    if (silent !== undefined) {
      process.stderr.write(`The requests cannot be read: ${silent}\n`);
      return STORE_SILENT;
    }
    if (!(error instanceof RequestsError || error instanceof SshKeygenError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return REFUSED;
  } finally {
    policy.close();
    await store.end();
  }
}

type Asked = Exclude<RequestsArguments, { readonly kind: 'help' | 'bad-usage' }>;

/** Does what was asked for. @throws RequestsError or SshKeygenError where that is not possible. */
export async function answerRequests(asked: Asked, context: RequestsContext): Promise<number> {
  if (asked.kind === 'list') return list(context);
  const record = await find(asked.id, context);
  context.say(requestText(record, context.policy));
  return asked.kind === 'show' ? 0 : decideBySignature(asked, record, context);
}

async function list({ store, policy, say }: RequestsContext): Promise<number> {
  const open = await listOpenRequests(store);
  if (open.length === 0) say('No request is open.');
  for (const record of open) say(`${requestText(record, policy)}\n`);
  return 0;
}

/** Everything that the message in Slack shows, and the id by which to decide. */
function requestText(record: RequestRecord, policy: Policy): string {
  return [plainText(requestBlocks(record), namesOf(policy)), `Request: ${record.id}`].join('\n');
}

/** People by the names that the policy has for them. */
function namesOf({ people }: Policy): (user: string) => string | undefined {
  const names = new Map(Object.entries(people).map(([name, { slack }]) => [slack, name]));
  return (user) => names.get(user);
}

async function find(prefix: string, { store }: RequestsContext): Promise<RequestRecord> {
  if (!/^[0-9a-f-]{6,36}$/.test(prefix))
    throw new RequestsError(`"${prefix}" is no id of a request: at least 6 of its characters are needed.`);
  const [found, ...others] = await findRequestsByPrefix(store, prefix);
  if (found === undefined) throw new RequestsError(`There is no request ${prefix}. "npx hotswap requests list" shows those that are open.`);
  if (others.length > 0) throw new RequestsError(`More than one request begins with ${prefix}. Type more of its id.`);
  return found;
}

async function decideBySignature(
  { decision, person, key, reason }: Extract<Asked, { readonly kind: 'decide' }>,
  record: RequestRecord,
  { store, policy, say, now }: RequestsContext,
): Promise<number> {
  if (record.fingerprint === null) throw new RequestsError('There is no plan yet that could be decided about.');
  if (!Object.hasOwn(policy.people, person)) throw new RequestsError(`The policy knows nobody called ${person} (its "people").`);
  const statement = writeStatement(newStatement({ request: record.id, plan: record.fingerprint, decision, person, reason }, now()));
  const signature = await signText(statement, key, NAMESPACE);
  const id = randomUUID();
  await submitSignature(store, { id, requestId: record.id, statement, signature });
  say(`Signed as ${person} and handed in. Waiting for an executor to check it.`);
  return waitForVerdict(id, { store, policy, say });
}

async function waitForVerdict(id: string, { store, policy, say }: Omit<RequestsContext, 'now'>): Promise<number> {
  for (const until = Date.now() + VERDICT_WITHIN_MS; Date.now() < until; await sleep(300)) {
    const judged = await findSignature(store, id);
    if (judged === null || judged.verdict === null) continue;
    const message = plainWords(judged.message ?? '', namesOf(policy));
    say(judged.verdict === 'counted' ? message : `Refused: ${message}`);
    return judged.verdict === 'counted' ? 0 : REFUSED;
  }
  say('No executor has looked at it yet. It counts as soon as one does, within 15 minutes: see "npx hotswap requests list".');
  return NOT_JUDGED;
}

function print(text: string, code: number): number {
  process.stdout.write(`${text}\n`);
  return code;
}

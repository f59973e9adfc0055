import { z } from 'zod';

/** What the signature is made for: ssh-keygen binds it in, so that a signature of something else can never pass for a decision. */
export const NAMESPACE = 'hotswap-approval';

/** A signed decision is worth nothing after this, so that an old one cannot turn up again. Seconds. */
const WORTH_SECONDS = 900;
/** How far the clocks of two machines may be apart. Milliseconds. */
const SKEW_MS = 60_000;

const Time = z.iso.datetime();

/** What somebody decides in a terminal about one plan of one request. */
export const Statement = z.strictObject({
  request: z.uuid(),
  /** Fingerprint of the plan. */
  plan: z.string().regex(/^[0-9a-f]{64}$/),
  decision: z.enum(['approve', 'reject']),
  /** Name of the person in the policy. */
  person: z.string().regex(/^[a-z][a-z0-9-]*$/),
  at: Time,
  expires: Time,
  reason: z.string().max(300),
});
export type Statement = z.infer<typeof Statement>;

/** A decision that is made now. */
export function newStatement(decided: Pick<Statement, 'request' | 'plan' | 'decision' | 'person' | 'reason'>, now: Date): Statement {
  return { ...decided, at: now.toISOString(), expires: new Date(now.getTime() + WORTH_SECONDS * 1_000).toISOString() };
}

const HEADING = `${NAMESPACE} 1`;
const LINES = ['request', 'plan', 'decision', 'person', 'at', 'expires', 'reason'] as const;

/** The one text of a decision: a line for each thing, in this order. It is what is signed. */
export function writeStatement(statement: Statement): string {
  return [HEADING, ...LINES.map((name) => `${name}: ${JSON.stringify(statement[name])}`), ''].join('\n');
}

/** Reads the text of a decision; null unless it is exactly what `writeStatement` writes. */
export function readStatement(text: string): Statement | null {
  const [heading, ...lines] = text.split('\n');
  if (heading !== HEADING || lines.length !== LINES.length + 1) return null;
  const fields = lines.slice(0, -1).map((line) => /^([a-z]+): (.*)$/s.exec(line));
  const parsed = Statement.safeParse(Object.fromEntries(fields.flatMap((match) => (match === null ? [] : [[match[1], json(match[2])]]))));
  return parsed.success && writeStatement(parsed.data) === text ? parsed.data : null;
}

function json(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

/** Why a decision counts no more, or not yet, at this moment; undefined where it may. */
export function outOfTime({ at, expires }: Statement, now: Date): string | undefined {
  const [from, until] = [Date.parse(at), Date.parse(expires)];
  if (until - from > WORTH_SECONDS * 1_000) return `It claims to be worth more than ${WORTH_SECONDS / 60} minutes.`;
  if (now.getTime() < from - SKEW_MS) return `It is dated ${at}, which is in the future: is the clock of that machine right?`;
  if (now.getTime() >= until) return `It was worth something until ${expires}. Decide again.`;
  return undefined;
}

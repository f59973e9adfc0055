import { effectsOf, type Write } from './effects.ts';
import { FINAL, type SeenRequest } from './requests-view.ts';

/** A click on Approve as the bench made it: who, about which plan, when. */
export interface Click {
  readonly at: number;
  readonly request: string;
  readonly user: string;
  readonly fingerprint: string;
}

/** What the bench itself knows of a run, beside what the store says. */
export interface Ledger {
  readonly clicks: readonly Click[];
  readonly writes: readonly Write[];
  readonly requests: readonly SeenRequest[];
  /** Who may approve, and how many of them must on each target, other than the requester. */
  readonly approvers: ReadonlySet<string>;
  readonly quorum: Readonly<Record<string, number>>;
  readonly kills: number;
}

export interface Figures {
  /** Requests that enough people approved. */
  readonly approved: number;
  /** … of which the target saw the write. */
  readonly effects: number;
  /** … of which the store says that nothing was done, and the target saw no write. */
  readonly refused: number;
  /** … of which the store says that somebody must look. */
  readonly unknownOutcomes: number;
  /** Writes beyond the first one of a request, taken or not. */
  readonly duplicateEffects: number;
  /** Approved requests that are in none of effects, refused and unknownOutcomes. */
  readonly lost: number;
  /** Writes without enough approvals by people who may, clicked before the write; or for no request at all. */
  readonly unauthorised: number;
  /** Requests of which the store says the opposite of what the target saw. */
  readonly untrue: number;
}

/** What is wrong, with the requests that it is about. */
export interface Fault {
  readonly kind: 'duplicate' | 'lost' | 'unauthorised' | 'untrue' | 'unknown';
  readonly request: string;
  readonly detail: string;
}

/** States of a request in which its write was made. */
const DONE: ReadonlySet<string> = new Set(['fixed', 'not-fixed', 'unverified', 'verifying', 'stopped']);

/** The most that may be unknown: a share of the kills. */
const UNKNOWN_SHARE = 0.01;

export function judge(ledger: Ledger): { readonly figures: Figures; readonly faults: readonly Fault[] } {
  const writes = new Map<string, Write[]>();
  for (const write of ledger.writes) writes.set(write.effect, [...(writes.get(write.effect) ?? []), write]);
  const known = new Set<string>();
  const faults: Fault[] = [];
  const counts = { approved: 0, effects: 0, refused: 0, unknownOutcomes: 0, duplicateEffects: 0, lost: 0, unauthorised: 0, untrue: 0 };
  const fault = (kind: Fault['kind'], request: SeenRequest, detail: string) =>
    faults.push({ kind, request: request.id, detail: `${request.target}, ${request.state}: ${detail}` });

  for (const request of ledger.requests) {
    const { there: own, back } = writesOf(request, writes, known);
    const [first] = own;
    const quorum = ledger.quorum[request.target] ?? Number.POSITIVE_INFINITY;
    const approved = decided(request, ledger.approvers) >= quorum;
    const seen = own.some(({ taken }) => taken);
    const extra = Math.max(0, own.length - 1) + Math.max(0, back.length - 1);
    if (extra > 0) {
      counts.duplicateEffects += extra;
      fault('duplicate', request, `${own.length} writes there, ${back.length} back`);
    }
    if (first !== undefined && clicked(request, first.at, ledger) < quorum) {
      counts.unauthorised += 1;
      fault('unauthorised', request, 'a write without the approvals for it');
    }
    if (!approved) continue;
    counts.approved += 1;
    if (request.state === 'unknown') {
      counts.unknownOutcomes += 1;
      fault('unknown', request, `${seen ? 'the write was made' : 'no write was made'}; ${request.outcome ?? ''}`);
    } else if (seen) {
      counts.effects += 1;
      if (!DONE.has(request.state) && !brokeOffLater(request)) {
        counts.untrue += 1;
        fault('untrue', request, `the write was made; ${request.outcome ?? ''}`);
      }
    } else if (FINAL.has(request.state) && !DONE.has(request.state)) counts.refused += 1;
    else {
      counts.lost += 1;
      fault('lost', request, DONE.has(request.state) ? 'it is said to be done, and no write was made' : 'it came to no end');
    }
  }
  for (const [key, strange] of writes) {
    if (known.has(key)) continue;
    counts.unauthorised += strange.length;
    faults.push({ kind: 'unauthorised', request: '(none)', detail: `a write that no request asked for: ${key}` });
  }
  return { figures: counts, faults };
}

/** What people tried, beside what came of it. */
export interface Attempts {
  /** Clicks on Approve by people who may not approve that request. */
  readonly byWrongPeople: number;
  /** Clicks on Approve of a plan that is not, or no longer, the request's. */
  readonly onOtherPlans: number;
  readonly rejected: number;
  readonly expired: number;
  readonly stopped: number;
}

export function attemptsOf({ clicks, requests, approvers }: Ledger): Attempts {
  const byId = new Map(requests.map((request) => [request.id, request]));
  const wrong = clicks.filter(({ request, user }) => !approvers.has(user) || byId.get(request)?.requester === user);
  const others = clicks.filter(({ request, fingerprint }) => byId.get(request)?.fingerprint !== fingerprint);
  const ended = (state: string) => requests.filter((request) => request.state === state).length;
  return {
    byWrongPeople: wrong.length,
    onOtherPlans: others.length,
    rejected: ended('rejected'),
    expired: ended('expired'),
    stopped: ended('stopped'),
  };
}

interface Run {
  readonly kills: number;
  /** Approvals that were asked for. */
  readonly wanted: number;
}

/** One outcome may be unknown in a run with fewer than a hundred kills: it cannot tell 1 % from none. */
export function targetsOf({ kills, wanted }: Run) {
  const unknownOutcomes = Math.max(1, Math.floor(UNKNOWN_SHARE * kills));
  return { approved: wanted, duplicateEffects: 0, lost: 0, unauthorised: 0, untrue: 0, unknownOutcomes };
}

/** What is missed, in words; nothing where all targets are met. */
export function shortfalls(figures: Figures, run: Run): readonly string[] {
  const { approved, ...most } = targetsOf(run);
  const names = Object.keys(most) as (keyof typeof most)[]; // most names them all
  const sum = figures.effects + figures.refused + figures.unknownOutcomes;
  return [
    ...(figures.approved < approved ? [`only ${figures.approved} of ${approved} approvals came in before the time was up`] : []),
    ...(figures.approved === sum ? [] : [`${figures.approved} were approved, and ${sum} came to an end`]),
    ...names.filter((name) => figures[name] > most[name]).map((name) => `${name} is ${figures[name]}, and may be ${most[name]}`),
  ];
}

/** Its own writes, and those that take it back where somebody pressed Stop. */
function writesOf(request: SeenRequest, writes: ReadonlyMap<string, readonly Write[]>, known: Set<string>) {
  const effects = effectsOf(request);
  const made = (effect: string | undefined): readonly Write[] => {
    if (effect === undefined) return [];
    known.add(effect);
    return writes.get(effect) ?? [];
  };
  return { there: made(effects?.there), back: made(effects?.back) };
}

/** People who may approve it and did, as the store has it. */
export function decided({ approvers, requester }: Pick<SeenRequest, 'approvers' | 'requester'>, allowed: ReadonlySet<string>): number {
  return new Set(approvers.filter((user) => allowed.has(user) && user !== requester)).size;
}

/** The same as the bench has it, up to a moment. */
function clicked(request: SeenRequest, before: number, { clicks, approvers }: Ledger): number {
  const own = clicks.filter((one) => one.request === request.id && one.fingerprint === request.fingerprint && one.at <= before);
  return new Set(own.map(({ user }) => user).filter((user) => approvers.has(user) && user !== request.requester)).size;
}

/** The write was made and the request says so; what came after it, such as waiting for the pods, failed. */
function brokeOffLater({ state, outcome }: SeenRequest): boolean {
  return state === 'failed' && outcome !== null && !outcome.includes('Nothing was changed') && !outcome.includes('nothing was done');
}

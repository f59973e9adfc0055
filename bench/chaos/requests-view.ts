import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import { Client } from 'pg';
import { z } from 'zod';

/** The one step of a plan. */
const Step = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('k8s.hpa_bounds'), from: z.object({ minimum: z.int(), maximum: z.int() }) }),
  z.object({ verb: z.literal('pg.job_fail'), id: z.string() }),
]);

/** A request as the store has it: to aim at, and to ask in the end what it says became of it. */
const Row = z.object({
  id: z.string(),
  target: z.string(),
  state: z.string(),
  fingerprint: z.string().nullable(),
  requester: z.string(),
  params: z.record(z.string(), z.json()),
  replaces: z.string().nullable(),
  outcome: z.string().nullable(),
  step: Step.nullable(),
  approvers: z.array(z.string()),
});
export type SeenRequest = Readonly<z.infer<typeof Row>>;

const SELECT = `
  SELECT r.id, r.target, r.state, r.record ->> 'fingerprint' AS fingerprint, r.record ->> 'requester' AS requester,
         r.record -> 'params' AS params, r.record ->> 'replaces' AS replaces, r.record ->> 'outcome' AS outcome,
         r.record #> '{plan,steps,0}' AS step,
         ARRAY(SELECT d.decided_by FROM decisions d
                WHERE d.request_id = r.id AND d.decision = 'approve' AND d.fingerprint = r.record ->> 'fingerprint') AS approvers
    FROM requests r`;

export const FINAL: ReadonlySet<string> = new Set([
  ...['refused', 'nothing-to-do', 'rejected', 'expired', 'drifted', 'stopped', 'failed', 'unknown'],
  ...['fixed', 'not-fixed', 'unverified'],
]);

/** Looks into the store a few times a second, past restarts of it. */
export interface RequestsView {
  /** Every request that was ever seen, as it was seen last. */
  readonly all: ReadonlyMap<string, SeenRequest>;
  /** Those of one target. */
  of(target: string): Iterable<SeenRequest>;
  /** Waits until `find` finds something; undefined where it did not within `ms`, or where it is told to end. */
  wait<Found>(find: () => Found | undefined, ms: number, signal: AbortSignal): Promise<Found | undefined>;
  /** Reads everything once more. Throws where the store does not answer. */
  readAll(): Promise<readonly SeenRequest[]>;
  close(): Promise<void>;
}

const EVERY_MS = 250;
/** Rows changed this long before the last look are looked at again: transactions end later than they begin. */
const OVERLAP = '8 seconds';

export function viewRequests(storeUrl: string): RequestsView {
  const all = new Map<string, SeenRequest>();
  const byTarget = new Map<string, Map<string, SeenRequest>>();
  const see = (row: unknown): SeenRequest => {
    const request = Row.parse(row);
    all.set(request.id, request);
    const own = byTarget.get(request.target) ?? new Map<string, SeenRequest>();
    byTarget.set(request.target, own.set(request.id, request));
    return request;
  };
  const ending = new AbortController();
  let client: Client | undefined;
  const turn = pLimit(1);
  const query = (text: string): Promise<unknown[]> => turn(() => ask(text));
  const ask = async (text: string): Promise<unknown[]> => {
    if (client === undefined) {
      const fresh = new Client({ connectionString: storeUrl, application_name: 'chaos', query_timeout: 20_000 });
      const forget = () => {
        if (client === fresh) client = undefined;
      };
      fresh.on('error', forget);
      fresh.on('end', forget);
      await fresh.connect();
      client = fresh;
    }
    return (await client.query(text)).rows;
  };
  const look = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const rows = await query(`${SELECT} WHERE r.updated_at > now() - interval '${OVERLAP}'`).catch(() => []);
      rows.forEach(see);
      await delay(EVERY_MS, undefined, { signal: ending.signal }).catch(() => {});
    }
  };
  const looking = look();
  return {
    all,
    of: (target) => byTarget.get(target)?.values() ?? [],
    async wait(find, ms, signal) {
      const until = Date.now() + ms;
      while (!signal.aborted && !ending.signal.aborted) {
        const found = find();
        if (found !== undefined || Date.now() > until) return found;
        await delay(EVERY_MS);
      }
      return undefined;
    },
    async readAll() {
      return (await query(SELECT)).map(see);
    },
    async close() {
      ending.abort();
      await looking;
      await client?.end().catch(() => {});
    },
  };
}

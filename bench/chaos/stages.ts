import { Client } from 'pg';
import { z } from 'zod';

/** From one entry of the audit trail of a request to another one. */
const STAGES = {
  planned: ['requested', 'planned'],
  approved: ['planned', 'approved'],
  started: ['approved', 'started'],
  carriedOut: ['started', 'executed'],
} as const;
type Stage = keyof typeof STAGES;

/** How long each stage of a request took, of all that got so far. Seconds, shortest first. */
export type Stages = Readonly<Record<Stage, readonly number[]>>;

const Row = z.object({ request_id: z.string(), event: z.string(), at: z.string() });

/** Reads from the audit trail where the time went. */
export async function readStages(storeUrl: string): Promise<Stages> {
  const client = new Client({ connectionString: storeUrl });
  await client.connect();
  try {
    const { rows } = await client.query('SELECT request_id::text, event, at FROM audit WHERE request_id IS NOT NULL ORDER BY sequence');
    return stagesOf(rows.map((row) => Row.parse(row)));
  } finally {
    await client.end();
  }
}

function stagesOf(rows: readonly z.infer<typeof Row>[]): Stages {
  const times = new Map<string, Map<string, number>>();
  for (const { request_id, event, at } of rows) {
    const own = times.get(request_id) ?? new Map<string, number>();
    own.set(event, Date.parse(at)); // the last approval is the one that counts
    times.set(request_id, own);
  }
  const lengths = (stage: Stage): number[] => {
    const [from, to] = STAGES[stage];
    return [...times.values()]
      .flatMap((own) => {
        const [begun, ended] = [own.get(from), own.get(to)];
        return begun === undefined || ended === undefined ? [] : [(ended - begun) / 1000];
      })
      .sort((a, b) => a - b);
  };
  return { planned: lengths('planned'), approved: lengths('approved'), started: lengths('started'), carriedOut: lengths('carriedOut') };
}

/** Half of the requests took no longer, and nine in ten. */
export function secondsOf(stages: Stages): Readonly<Record<Stage, { readonly p50: number; readonly p90: number }>> {
  const share = (all: readonly number[], part: number) => all[Math.min(all.length - 1, Math.floor(part * all.length))] ?? 0;
  const both = (all: readonly number[]) => ({ p50: share(all, 0.5), p90: share(all, 0.9) });
  return {
    planned: both(stages.planned),
    approved: both(stages.approved),
    started: both(stages.started),
    carriedOut: both(stages.carriedOut),
  };
}

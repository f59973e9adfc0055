import type { Incident } from '../bundle/types.ts';
import type { NamedTarget } from '../config/settings.ts';
import type { Report } from '../diagnostics/report.ts';
import type { RequestRecord } from '../remediations/approvals/record.ts';
import { sentenceOf, stateOf } from '../slack/render/request.ts';
import type { BundleRecord } from '../store/bundles.ts';
import type { Queryable } from '../store/pool.ts';
import { listThreadRequests } from '../store/requests.ts';
import { listThreadRuns } from '../store/runs.ts';
import type { Engine } from './diagnose-job.ts';

interface IncidentOptions {
  readonly db: Queryable;
  readonly engine: Engine;
  readonly target: NamedTarget;
  readonly signal: AbortSignal;
}

/** What the thread of a bundle knows: its newest diagnosis, or a fresh one where it has none, and what was done there. */
export async function incidentOfBundle(bundle: BundleRecord, { db, engine, target, signal }: IncidentOptions): Promise<Incident> {
  const requests = await listThreadRequests(db, bundle.threadId);
  const runs = await listThreadRuns(db, bundle.threadId);
  const known = runs.map(({ report }) => report).findLast((report) => report !== null && report.outcome !== 'shown') ?? null;
  const fresh = async (): Promise<Report> => {
    const question = { sinceSeconds: bundle.sinceSeconds };
    const enquiry = { topic: 'auto', target, question, previous: null, signal, onProgress: () => {} };
    const { report, later } = await engine.diagnose(enquiry);
    return later === null ? report : later.catch(() => report);
  };
  return { report: async () => known ?? fresh(), fixes: requests.map(fixLine), requests };
}

function fixLine(record: RequestRecord): string {
  const { createdAt, title, target, requester, decisions } = record;
  const by = decisions.map(({ by: user, decision }) => `${decision === 'reject' ? 'rejected' : 'approved'} by ${user}`);
  return `${createdAt}: ${[`${title} on ${target}`, `asked for by ${requester}`, ...by].join(', ')}. ${stateOf(record)}. ${sentenceOf(record)}`;
}

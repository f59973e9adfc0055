import type { Fix, Incident } from '../bundle/types.ts';
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
  const { report: known, ...done } = await knownOfThread(db, bundle.threadId);
  const fresh = async (): Promise<Report> => {
    const question = { sinceSeconds: bundle.sinceSeconds };
    const enquiry = { topic: 'auto', target, question, previous: null, signal, onProgress: () => {} };
    const { report, later } = await engine.diagnose(enquiry);
    return later === null ? report : later.catch(() => report);
  };
  return { report: async () => known ?? fresh(), ...done };
}

/** The newest diagnosis of a thread, null where it has none, and what was done there. */
export async function knownOfThread(
  db: Queryable,
  threadId: string,
): Promise<Pick<Incident, 'fixes' | 'requests'> & { readonly report: Report | null }> {
  const requests = await listThreadRequests(db, threadId);
  const reports = (await listThreadRuns(db, threadId)).map(({ report }) => report);
  const report = reports.findLast((one) => one !== null && one.outcome !== 'shown') ?? null;
  return { report, fixes: requests.map(fixOf), requests };
}

function fixOf(record: RequestRecord): Fix {
  const { title, target, undoes, plan, verification } = record;
  const measured = verification?.readings.map(({ title: what, before, after }) => ({ what, before, after })) ?? [];
  const changed = record.execution === null ? [] : (plan?.changes.map(({ field: what, before, after }) => ({ what, before, after })) ?? []);
  return {
    title: `${undoes === null ? '' : 'Undo: '}${title} on ${target}`,
    state: stateOf(record),
    outcome: record.outcome ?? sentenceOf(record),
    story: storyOf(record),
    readings: [...changed, ...measured],
  };
}

function storyOf({ createdAt, requester, reason, decisions, execution, plan, stop }: RequestRecord): Fix['story'] {
  const because = (text: string): string => (text === '' ? '' : ` (${text})`);
  const decided = decisions.map(({ at, by, decision, reason: why, breakGlass }) => ({
    at,
    what: `${decision === 'reject' ? 'Rejected' : 'Approved'} by ${by}${breakGlass ? ', who broke the glass' : ''}${because(why)}`,
  }));
  const did = execution?.results.map(({ text }) => text).join(' ') ?? '';
  const moments = [
    { at: createdAt, what: `Asked for by ${requester}${because(reason)}` },
    ...decided,
    ...(execution === null ? [] : [{ at: execution.startedAt, what: `Began: ${plan?.summary ?? ''}` }]),
    ...(stop === null ? [] : [{ at: stop.at, what: `Stopped by ${stop.by}` }]),
    ...(execution?.finishedAt == null || did === '' ? [] : [{ at: execution.finishedAt, what: did }]),
  ];
  return moments.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

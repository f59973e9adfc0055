import type { NamedTarget } from '../../config/settings.ts';
import type { RemediationOffer, Report } from '../../diagnostics/report.ts';
import type { NextFix, RequestRecord } from '../approvals/record.ts';
import type { Remediations } from '../registry.ts';

interface Asking {
  readonly remediations: Remediations;
  readonly target: NamedTarget;
  /** What was carried out in the thread so far, the fix that did not help included. */
  readonly tried: readonly Pick<RequestRecord, 'remediation' | 'params'>[];
}

/**
 * What to try after a fix that did not help: the first offer of the diagnosis as it is now, else of the one before, that was not tried.
 * Undefined where there is none.
 */
export function nextFix(reports: readonly Report[], { remediations, target, tried }: Asking): NextFix | undefined {
  const known = new Set(tried.map(({ remediation, params }) => keyOf(remediation, params, remediations, target)));
  for (const offer of reports.flatMap(offersOf)) {
    const remediation = remediations.get(offer.id);
    if (remediation === undefined || known.has(keyOf(offer.id, offer.params, remediations, target))) continue;
    return { remediation: offer.id, title: remediation.title, params: offer.params, reason: offer.reason };
  }
  return undefined;
}

/** Roots first: what is only explained by something else is rarely what to mend. */
function offersOf({ diagnoses }: Report): RemediationOffer[] {
  const serious = diagnoses.filter(({ benign }) => !benign);
  const roots = serious.filter(({ role }) => role === 'root');
  return [...roots, ...serious.filter((one) => !roots.includes(one))].flatMap(({ remediations }) => remediations);
}

/**
 * What makes two fixes the same. Every change of the workload rests for a while after it was made, whatever its numbers; elsewhere the
 * parameters say what is changed.
 */
function keyOf(id: string, params: Readonly<Record<string, unknown>>, remediations: Remediations, target: NamedTarget): string {
  if (id.startsWith('fix.k8s.')) return id;
  return `${id} ${JSON.stringify(sorted(parsed(id, params, remediations, target)))}`;
}

/** Parameters of an offer may be fewer than the remediation takes; those are compared as they stand. */
function parsed(id: string, params: Readonly<Record<string, unknown>>, remediations: Remediations, target: NamedTarget) {
  try {
    return remediations.get(id)?.parse(params, target) ?? params;
  } catch {
    return params;
  }
}

const sorted = (params: Readonly<Record<string, unknown>>) => Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1));

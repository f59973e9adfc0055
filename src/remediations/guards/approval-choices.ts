import { z } from 'zod';
import type { Report } from '../../diagnostics/report.ts';
import { seconds } from '../../diagnostics/rules/phrases.ts';
import type { Option } from '../form.ts';

const Late = z.object({ executionId: z.string(), rowVersion: z.string(), overdueSeconds: z.number().nullish() });
const Offered = z.object({ executionIds: z.array(z.string()), rowVersions: z.array(z.string()) });

/** Each overdue approval that a report saw: `execution id/row version`; those that an offer names are chosen, else all. */
export function approvalsSeen(
  report: Report | null,
  offered: Readonly<Record<string, unknown>>,
  most: number,
): { readonly options: readonly Option[]; readonly initial: readonly string[] } {
  const facts = report?.checks.find(({ id }) => id === 'pg.approvals')?.facts.late;
  const seen = (Array.isArray(facts) ? facts : []).flatMap((raw: unknown): Option[] => {
    const row = Late.safeParse(raw);
    if (!row.success) return [];
    const { executionId, rowVersion, overdueSeconds } = row.data;
    const late = overdueSeconds == null ? '' : `, overdue for ${seconds(overdueSeconds)}`;
    return [{ value: `${executionId}/${rowVersion}`, label: `${executionId}${late}` }];
  });
  const named = Offered.safeParse(offered);
  const own = named.success ? named.data.executionIds.map((id, place) => `${id}/${named.data.rowVersions[place] ?? ''}`) : [];
  const missing = own
    .filter((value) => !seen.some((one) => one.value === value))
    .map((value) => ({ value, label: value.split('/')[0] ?? '' }));
  const options = [...missing, ...seen].slice(0, most);
  return { options, initial: own.length > 0 ? own : options.map(({ value }) => value) };
}

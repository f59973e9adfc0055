import { z } from 'zod';
import { count, seconds } from '../../diagnostics/rules/phrases.ts';
import { type ApprovalRow, type ApprovalsInQuestion, approvalRowsSource } from '../evidence/approval-rows.ts';
import { approvalsSeen } from '../guards/approval-choices.ts';
import { refuse } from '../guards/refusal.ts';
import type { Draft } from '../plan.ts';
import { defineRemediation, type FormContext } from '../types.ts';

interface ApprovalParams {
  readonly [key: string]: unknown;
  readonly executionIds: string[];
  /** The versions that the diagnosis saw, in the same order; left out: whatever they are when the plan is made. */
  readonly rowVersions?: string[] | undefined;
}

const MOST = 50;
const SHOWN = 5;

const Id = z.string().regex(/^[\w.:-]{1,200}$/, 'must be execution ids, separated by commas');
const RowVersion = z.string().regex(/^\d+$/, 'must be the version of a row, as the diagnosis shows it');
const Given = z
  .object({ executionIds: z.array(Id).min(1).max(MOST), rowVersions: z.array(RowVersion).optional() })
  .refine(({ executionIds, rowVersions }) => rowVersions === undefined || rowVersions.length === executionIds.length, {
    path: ['rowVersions'],
    message: 'must be as many as executionIds',
  })
  .refine(({ executionIds }) => new Set(executionIds).size === executionIds.length, {
    path: ['executionIds'],
    message: 'must name each one once',
  });
/** A choice of the form is id and version in one word. */
const Choice = z
  .object({
    approvals: z
      .array(z.string().regex(/^[^/]+\/\d+$/))
      .min(1)
      .max(MOST),
  })
  .transform(
    ({ approvals }): z.input<typeof Given> => ({
      executionIds: approvals.map((one) => one.split('/')[0] ?? ''),
      rowVersions: approvals.map((one) => one.split('/')[1] ?? ''),
    }),
  )
  .pipe(Given);

/** Expires listed approvals whose time has run out, as the application's own worker would have. */
export default defineRemediation({
  id: 'fix.approval.expire',
  title: 'Expire overdue approvals',
  risk: 'R2',
  verbs: ['pg.approvals_expire'],
  manual: {
    about:
      'Expires the listed approvals whose time has run out and that the application has not expired itself. The deployments that wait for them fail at their approval stage. All of them in one transaction, or none.',
    example: { executionIds: ['0c8f5f0e-6d0a-4a3e-9a53-0f3c7c3a1b11'], rowVersions: ['12345'] },
    parameters: {
      executionIds: 'the deployment execution ids, at most 50',
      rowVersions: 'the versions of their rows (xmin) that were looked at, in the same order; left out: those when the plan is made',
    },
    refusals: {
      'not-overdue': 'an approval has time left, or has been overdue for less than thresholds.approvalGraceSeconds (600)',
    },
    verification: 'The rows carry the reason that was written with them.',
    undo: 'None that can be relied on: the deployments that waited may have failed already.',
    stop: 'Nothing: it is one transaction.',
  },
  params: (): z.ZodType<ApprovalParams> => z.union([Choice, Given]),
  form: formFor,
  needs: ({ executionIds }) => ({ question: approvalRowsSource(executionIds) }),
  plan({ executionIds, rowVersions }, evidence) {
    const question = evidence.question.data;
    const { rows, graceSeconds, tableOid } = question;
    const pending = rows.filter(({ status }) => status === 'Pending');
    if (pending.length === 0 || tableOid === null)
      return { kind: 'nothing-to-do', reason: `None of the ${count(executionIds.length, 'approval')} is pending any more.` };
    const early = pending.filter(({ overdueSeconds }) => overdueSeconds === null || overdueSeconds < graceSeconds);
    const [first] = early;
    if (first !== undefined)
      return refuse(
        'not-overdue',
        `${count(early.length, 'approval is', 'approvals are')} not overdue for ${seconds(graceSeconds)}, such as that of ${first.executionId}.`,
        'The application expires it itself when its time has come. Leave it out, or wait.',
      );
    const seenAs = new Map(executionIds.map((id, place) => [id, rowVersions?.[place]]));
    const changed = pending.filter(({ executionId, rowVersion }) => (seenAs.get(executionId) ?? rowVersion) !== rowVersion);
    const warnings = [
      ...(pending.length < executionIds.length
        ? [
            `${count(executionIds.length - pending.length, 'approval')} of those that were asked for ${executionIds.length - pending.length === 1 ? 'is' : 'are'} not pending any more, and left out.`,
          ]
        : []),
      ...(changed.length > 0
        ? [
            `${count(changed.length, 'approval has', 'approvals have')} changed since the diagnosis; this plan is for the rows as they are now.`,
          ]
        : []),
    ];
    return { kind: 'act', plan: planFor(pending, { ...question, tableOid }, warnings) };
  },
});

function planFor(
  rows: readonly ApprovalRow[],
  { schema, table, tableOid, graceSeconds }: ApprovalsInQuestion & { readonly tableOid: string },
  warnings: readonly string[],
): Draft {
  const longest = Math.max(...rows.map(({ overdueSeconds }) => overdueSeconds ?? 0));
  const sample = rows
    .slice(0, SHOWN)
    .map(
      ({ executionId, what, overdueSeconds }) =>
        `${executionId} (${[what, `overdue for ${seconds(overdueSeconds ?? 0)}`].filter(Boolean).join(', ')})`,
    );
  const more = rows.length > SHOWN ? ` and ${rows.length - SHOWN} more` : '';
  return {
    risk: 'R2',
    summary: `Expire ${count(rows.length, 'approval')} in ${schema}.${table}, overdue for up to ${seconds(longest)}.`,
    identity: `table:${tableOid}`,
    steps: [
      {
        verb: 'pg.approvals_expire',
        ...{ schema, table, tableOid, graceSeconds },
        rows: rows.map(({ executionId, rowVersion }) => ({ executionId, rowVersion })),
      },
    ],
    stepTexts: [
      `UPDATE of exactly these ${count(rows.length, 'row')} to Expired, with the time and a reason, only while each is Pending, overdue and as it was read; rolled back unless it is all of them.`,
    ],
    changes: [],
    touches: [
      `${sample.join('; ')}${more}.`,
      'Each deployment that waits for one of them fails at its approval stage, and must be started anew.',
    ],
    warnings: [
      ...warnings,
      'Whatever kept them from being expired is not mended by this: until it is, the next ones become overdue as well.',
    ],
    undo: {
      kind: 'none',
      text: 'Not reliably undoable: the row could be put back, but the deployment that waited may have failed already.',
    },
    stop: { kind: 'none' },
    temporary: false,
  };
}

function formFor({ params, report }: FormContext) {
  const { options, initial } = approvalsSeen(report, params, MOST);
  return {
    about: 'Expires approvals whose time has run out. The deployments that wait for them fail at their approval stage.',
    closed: options.length === 0 ? 'The diagnosis saw no overdue approval. Run `/hotswap diagnose approvals`.' : null,
    fields: [
      {
        kind: 'choices' as const,
        name: 'approvals',
        label: 'Approvals',
        hint: `Up to ${MOST}, as the diagnosis saw them; each is looked at again.`,
        options,
        maximum: MOST,
        initial,
      },
    ],
  };
}

import { randomUUID } from 'node:crypto';
import type { ApprovalWriter } from '../../clients/postgres-approvals-write.ts';
import { WriteRefusedError } from '../../clients/write-errors.ts';
import { writeOnce } from './settling.ts';
import type { StepOf } from './steps.ts';
import { done, notDone, type StepResult, unknown, type VerbRunner } from './verb.ts';

type Expire = StepOf<'pg.approvals_expire'>;

/** Expires exactly the listed approvals, all of them or none. */
export function expireApprovalsVerb(writer: ApprovalWriter): VerbRunner<Expire> {
  const settle = async (step: Expire, { reason = '' }: Readonly<Record<string, string>>): Promise<StepResult> => {
    const all = step.rows.length;
    const states = await writer.look(step, reason);
    if (states.some(({ noted }) => noted)) return done(`${all} approvals carry the reason of this fix.`, factsOf(step)); // all or none
    return states.filter(({ fits }) => fits).length === all
      ? notDone(`All ${all} approvals are as they were.`)
      : unknown('Some of the approvals have changed, and none says that this fix did it.');
  };
  return {
    async preview(step) {
      const fitting = (await writer.look(step, '')).filter(({ fits }) => fits).length;
      if (fitting < step.rows.length)
        throw new WriteRefusedError('precondition', `Only ${fitting} of ${step.rows.length} approvals are what the plan was made for.`);
      return step.rows.slice(0, 5).map(({ executionId }) => ({ field: `Approval ${executionId}`, before: 'Pending', after: 'Expired' }));
    },
    mark: (now) => ({ reason: `Expired by hotswap-bot at ${now.toISOString()} (${randomUUID().slice(0, 8)}): its time was over.` }),
    perform: (step, mark, context) =>
      writeOnce(
        async () => {
          await writer.expire(step, mark.reason ?? '');
          return done(`${step.rows.length} ${step.rows.length === 1 ? 'approval was' : 'approvals were'} expired.`, factsOf(step));
        },
        () => settle(step, mark),
        context,
      ),
    settle: (step, mark) => settle(step, mark),
    follow: async () => done('Nothing to wait for.'),
  };
}

const factsOf = ({ rows }: Expire) => ({ executionIds: rows.map(({ executionId }) => executionId) });

import { appWorkers } from '../checks/app.workers.ts';
import { k8sLogs } from '../checks/k8s.logs.ts';
import { pgApprovals } from '../checks/pg.approvals.ts';
import { approvalsAreLost, promApprovals } from '../checks/prom.approvals.ts';
import { count, seconds } from '../rules/phrases.ts';
import { cannotTell, decide, either, no, rule, yes } from '../rules/rule.ts';
import { defineCause } from '../types.ts';

const countedButNotStored = rule({ counted: promApprovals }, ({ counted: { requested, stored, lost, lostMinimum, windowSeconds } }) => {
  if (requested === null || stored === null) return cannotTell('What was counted and what was stored cannot be compared.');
  const text = `In the last ${seconds(windowSeconds)} the service asked for ${count(Math.round(requested), 'approval')}, and ${stored} have a row`;
  return decide(approvalsAreLost({ lost, requested, lostMinimum }), `${text}.`, `${text}: as many as were to be expected.`);
});

const tableIsAbsent = rule({ approvals: pgApprovals, logs: k8sLogs }, ({ approvals: { table, tableState }, logs: { signatures } }) => {
  if (tableState !== 'absent') return no(`Table ${table} is there.`);
  const complaint = signatures.find(({ signature }) => signature === 'log.pg.schema');
  return complaint === undefined
    ? no(`There is no table ${table}, and no pod complains of it.`)
    : yes(`There is no table ${table}, and pods logged ${count(complaint.count, 'time')} that a table or column does not exist.`);
});

const storeIsOff = rule({ workers: appWorkers }, ({ workers: { approvalStore } }) =>
  decide(
    /^(?:false|0|off|no)$/i.test(approvalStore),
    `The variable that lets approvals be stored says "${approvalStore}".`,
    'No variable keeps approvals from being stored.',
  ),
);

export const approvalNotCreated = defineCause({
  id: 'approval.not_created',
  title: 'Approvals are asked for and not stored',
  requires: [either(countedButNotStored, tableIsAbsent)],
  direct: storeIsOff,
  explains: ['pg.approvals', 'pg.approvals_recent', 'prom.approvals', 'http.deployment'],
  summary: (context) => {
    const counted = context.facts(promApprovals);
    const approvals = context.facts(pgApprovals);
    if (approvals?.tableState === 'absent')
      return `The database has no table ${approvals.table}, so no approval can be stored, seen by other pods, or outlive a restart.`;
    return `The service counted ${count(Math.round(counted?.requested ?? 0), 'approval')} in the last ${seconds(counted?.windowSeconds ?? 0)}, and ${counted?.stored ?? 0} were stored: the others live in the memory of the pod that made them, where other pods do not see them and a restart loses them.`;
  },
  advice: (context) => {
    const { application } = context.target;
    const absent = context.facts(pgApprovals)?.tableState === 'absent';
    return absent
      ? [
          `Run the migration again and read its error: a migration that ends at a partial index (42703) creates none of its tables. Then submit again what waits for approval.`,
        ]
      : [
          `Set ${application.approvalStoreVariable} to true where the Deployment is defined, and see that the connection string that it needs (ConnectionStrings__PostgreSql) is set; roll it out when no job runs. Approvals that live in memory are lost then: submit those deployments again.`,
        ];
  },
});

import { pgApprovals } from '../checks/pg.approvals.ts';
import { count, seconds } from '../rules/phrases.ts';
import { no, rule, yes } from '../rules/rule.ts';
import { defineCause } from '../types.ts';

const timesAreImpossible = rule({ approvals: pgApprovals }, ({ approvals: { endBeforeBegin, inFuture, furthestFutureSeconds } }) => {
  if (endBeforeBegin > 0)
    return yes(`${count(endBeforeBegin, 'approval of the last day ends', 'approvals of the last day end')} before the time of asking.`);
  if (inFuture > 0)
    return yes(
      `${count(inFuture, 'approval was', 'approvals were')} asked for in the future, up to ${seconds(furthestFutureSeconds ?? 0)} from now.`,
    );
  return no('Every approval was asked for in the past and ends after that.');
});

const hasNoZone = rule({ approvals: pgApprovals }, ({ approvals: { timeType, table } }) =>
  timeType === 'timestamp without time zone'
    ? yes(`The times of ${table} have no time zone: each writer may mean another one.`)
    : no(`The times of ${table} have a time zone.`),
);

export const approvalClock = defineCause({
  id: 'approval.clock',
  title: 'Whoever writes approvals has a wrong clock or another time zone',
  requires: [timesAreImpossible],
  direct: timesAreImpossible,
  supports: [hasNoZone],
  explains: ['pg.approvals', 'pg.approvals_recent', 'approval.timeout_worker_dead'],
  summary: (context) => {
    const facts = context.facts(pgApprovals);
    if ((facts?.endBeforeBegin ?? 0) > 0)
      return `${count(facts?.endBeforeBegin ?? 0, 'approval of the last day ended', 'approvals of the last day ended')} before the time of asking, so nobody could answer in time.`;
    return `${count(facts?.inFuture ?? 0, 'approval was', 'approvals were')} asked for up to ${seconds(facts?.furthestFutureSeconds ?? 0)} in the future, and will end that much too late.`;
  },
  advice: () => [
    "Find out what wrote these rows, and compare its clock and its time zone with those of the database (SELECT now(), current_setting('TimeZone')): times are to be written in UTC. Then submit these deployments again.",
  ],
});

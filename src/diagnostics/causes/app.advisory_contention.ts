import { pgAdvisory } from '../checks/pg.advisory.ts';
import { count, seconds } from '../rules/phrases.ts';
import { no, rule, yes } from '../rules/rule.ts';
import { latencyIsHigh, latencyIsNormal, SYMPTOMS } from '../signs/latency.ts';
import { podsLogged } from '../signs/logs.ts';
import { defineCause } from '../types.ts';

const idleHolder = rule({ advisory: pgAdvisory }, ({ advisory: { idleHolders } }) => {
  const [holder] = idleHolders;
  if (holder === undefined) return no('No idle session holds an advisory lock.');
  return yes(
    `Session ${holder.pid} (${holder.application || 'no name'}) holds advisory lock ${holder.key} and has been idle for ${seconds(holder.idleSeconds)}.`,
  );
});

const logsTellOfIt = podsLogged('log.advisory_contention', 'a lock could not be acquired');

/** The application polls for advisory locks, so contention shows in its log and never as a waiting lock. */
export const advisoryContention = defineCause({
  id: 'app.advisory_contention',
  title: 'Requests wait for an advisory lock that another session holds',
  requires: [idleHolder, logsTellOfIt],
  contradicts: [latencyIsNormal],
  supports: [latencyIsHigh],
  explains: [...SYMPTOMS, 'pg.advisory', 'k8s.logs'],
  summary: (context) => {
    const holders = context.facts(pgAdvisory)?.idleHolders ?? [];
    const keys = [...new Set(holders.map(({ key }) => key))].join(', ');
    return `The application could not acquire locks that it coordinates deployments with; key ${keys} is held by ${count(holders.length, 'idle session')}.`;
  },
  advice: (context) => {
    const [holder] = context.facts(pgAdvisory)?.idleHolders ?? [];
    return holder === undefined
      ? []
      : [
          `See whether a deployment is running under session ${holder.pid} (${holder.application || 'no name'}, ${holder.client ?? 'local'}) before anything is done to it: its lock is what keeps others out.`,
        ];
  },
});

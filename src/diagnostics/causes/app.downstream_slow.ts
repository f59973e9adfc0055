import { pgStatements } from '../checks/pg.statements.ts';
import { promLatency } from '../checks/prom.latency.ts';
import { milliseconds, percent, seconds, some } from '../rules/phrases.ts';
import { cannotTell, decide, rule } from '../rules/rule.ts';
import { cpuIsLow, isThrottled } from '../signs/cpu.ts';
import { latencyIsHigh, presentLatency } from '../signs/latency.ts';
import { nobodyWaitsForLocks } from '../signs/locks.ts';
import { podsLogged } from '../signs/logs.ts';
import { statementsAreSlow } from '../signs/statements.ts';
import { defineCause } from '../types.ts';

/** Of the time that a request takes on average, how much the database accounts for. */
const databaseIsQuiet = rule(
  { statements: pgStatements, latency: promLatency },
  ({ statements, latency }, { thresholds: { databaseQuietRatio: limit } }) => {
    const { average, window } = presentLatency(latency);
    const rate = latency.requestsPerSecondRecently;
    if (statements.databaseMs === null || statements.seconds === null || !rate || !average)
      return cannotTell('The time of requests and of the database cannot be compared.');
    const perRequestMs = statements.databaseMs / (statements.seconds * rate);
    const share = perRequestMs / (average * 1_000);
    const text = `A request takes ${seconds(average)} on average ${window}, and the database works ${milliseconds(perRequestMs)} for each (${percent(share)} of that)`;
    return decide(share <= limit, `${text}; not above ${percent(limit)}.`, `${text}; above ${percent(limit)}.`);
  },
);

const poolIsExhausted = podsLogged('log.npgsql.pool_exhausted', 'the connection pool is exhausted: requests wait for a connection');
/** Locks of the application's own, for which it polls: nobody is seen waiting for them. */
const locksAreTaken = podsLogged('log.advisory_contention', 'a lock could not be acquired: requests wait for it');
/** A statement that is given up is in no statistics of the database, which looks quiet then. */
const statementsAreGivenUp = podsLogged('log.npgsql.cmd_timeout', 'a statement ran into its time limit: requests wait for the database');
const logsTellOfTimeouts = podsLogged('log.downstream_timeout', 'a call to another service timed out or failed');

export const downstreamSlow = defineCause({
  id: 'app.downstream_slow',
  title: 'Requests wait for something outside: neither the database nor the CPU',
  requires: [latencyIsHigh, nobodyWaitsForLocks, cpuIsLow, databaseIsQuiet],
  contradicts: [statementsAreSlow, isThrottled, poolIsExhausted, locksAreTaken, statementsAreGivenUp],
  supports: [logsTellOfTimeouts],
  explains: ['prom.latency', 'prom.error_rate', 'http.health', 'k8s.logs'],
  summary: (context) => {
    const latency = context.facts(promLatency);
    const routes = (latency?.slowestRoutes ?? []).filter(({ p95 }) => p95 > (latency?.warnSeconds ?? 0));
    const where =
      routes.length === 0 ? '' : ` Slow are ${some(routes.map(({ route, p95 }) => `${route || '(no route)'} (p95 ${seconds(p95)})`))}.`;
    return `Requests take long although the database is quiet and the pods have CPU to spare: they wait for another service that they call.${where}`;
  },
  advice: (context) => {
    const [route] = context.facts(promLatency)?.slowestRoutes ?? [];
    return [
      `Find out what ${route === undefined || route.route === '' ? 'the slow routes' : route.route} call${route === undefined || route.route === '' ? '' : 's'}, and ask its owners; more pods or a restart do not help, a shorter timeout limits the damage.`,
    ];
  },
});

import { count, short } from '../rules/phrases.ts';
import { anyOf } from '../rules/rule.ts';
import { podsLogged } from '../signs/logs.ts';
import { requestsFail, signatureSeen, sinceNewRevision } from '../signs/refusals.ts';
import { cameWith, rollbackAdvice, rollbackOf } from '../signs/rollback.ts';
import { defineCause } from '../types.ts';

/** Scopes are checked in Development alone: in Production the fault shows as a context that is disposed, or used twice at once. */
const SIGNATURES = ['log.di', 'log.di.disposed'] as const;

const aServiceOutlivesItsScope = anyOf(
  podsLogged('log.di', 'a scoped service was asked for outside of a scope'),
  podsLogged('log.di.disposed', 'a database context was used after its scope had ended, or by two at once'),
);

export const diLifetime = defineCause({
  id: 'app.di_lifetime',
  title: 'A service is registered with the wrong lifetime',
  requires: [aServiceOutlivesItsScope, requestsFail],
  supports: [sinceNewRevision(...SIGNATURES)],
  direct: aServiceOutlivesItsScope,
  explains: ['prom.error_rate', 'prom.pods', 'k8s.logs', 'http.deployment', 'api.bad_rollout', 'job.failed_permanently'],
  summary: (context) => {
    const { pods, times, sample } = signatureSeen(context, ...SIGNATURES);
    return `${count(pods, 'pod')} logged ${count(times, 'time')} that something lives longer than the scope it came from: ${short(sample, 140)}${cameWith(context)}`;
  },
  remediations: (context) => rollbackOf(context, 'the wrong lifetime of a service'),
  advice: (context) => {
    const { frame } = signatureSeen(context, ...SIGNATURES);
    return [
      ...rollbackAdvice(context),
      `Look at what holds a scoped service (such as the database context) in something that lives for long${frame === '' ? '' : `, beginning at ${frame}`}: register it as scoped, or give it an IServiceScopeFactory and take the service from a scope of its own. A restart does not help.`,
      'Set ValidateScopes and ValidateOnBuild outside of Development as well: such a build then does not start, instead of failing some requests.',
    ];
  },
});

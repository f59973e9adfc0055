import { k8sLogs } from '../../../src/diagnostics/checks/k8s.logs.ts';
import { k8sReplicaSets } from '../../../src/diagnostics/checks/k8s.replicasets.ts';
import { promErrorRate } from '../../../src/diagnostics/checks/prom.error_rate.ts';
import type { Facts } from '../../../src/diagnostics/report.ts';
import type { Check, FactsOf } from '../../../src/diagnostics/types.ts';
import { QUIET_LOGS, signatureOf } from './facts.ts';

/** Facts for causes of failed requests. */

type Entry = readonly [Check, Facts | null];
type ErrorFacts = FactsOf<typeof promErrorRate>;

export const errorsOf = (changes: Partial<ErrorFacts> = {}): Entry => {
  const facts: ErrorFacts = {
    serverErrorRatio: 0,
    serverErrorRatioRecently: 0,
    failedRequests: 0,
    softErrorRatio: 0,
    softErrorRatioAnHourAgo: 0,
    windowSeconds: 300,
    recentWindowSeconds: 60,
    warnRatio: 0.01,
    failRatio: 0.05,
    minimumFailures: 20,
    places: [],
    codes: [],
    refusals: [],
    ...changes,
  };
  return [promErrorRate, facts];
};

export const FAILING = errorsOf({ serverErrorRatio: 0.12, serverErrorRatioRecently: 0.3 });

export const logsOf = (...signatures: FactsOf<typeof k8sLogs>['signatures']): Entry => [k8sLogs, { ...QUIET_LOGS, signatures }];
export { signatureOf };

/** Revision 2 came ten minutes ago, and changed the image. */
export const revisionsOf = (changes: Partial<FactsOf<typeof k8sReplicaSets>> = {}): Entry => [
  k8sReplicaSets,
  {
    newestRevision: 2,
    previousRevision: 1,
    ageMinutes: 10,
    ageSeconds: 600,
    recent: true,
    recentMinutes: 60,
    changes: ['image api:1 -> api:2'],
    image: 'api:2',
    previousImage: 'api:1',
    ...changes,
  },
];

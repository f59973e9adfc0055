import { k8sCrashes } from '../../../src/diagnostics/checks/k8s.crashes.ts';
import { k8sDeployment } from '../../../src/diagnostics/checks/k8s.deployment.ts';
import { k8sEvents } from '../../../src/diagnostics/checks/k8s.events.ts';
import { k8sHpa } from '../../../src/diagnostics/checks/k8s.hpa.ts';
import { k8sLogs } from '../../../src/diagnostics/checks/k8s.logs.ts';
import { k8sMetrics } from '../../../src/diagnostics/checks/k8s.metrics.ts';
import { k8sNodes } from '../../../src/diagnostics/checks/k8s.nodes.ts';
import { k8sPods } from '../../../src/diagnostics/checks/k8s.pods.ts';
import { k8sPvc } from '../../../src/diagnostics/checks/k8s.pvc.ts';
import { k8sQuota } from '../../../src/diagnostics/checks/k8s.quota.ts';
import { k8sReplicaSets } from '../../../src/diagnostics/checks/k8s.replicasets.ts';
import { pgConnect } from '../../../src/diagnostics/checks/pg.connect.ts';
import { promPods } from '../../../src/diagnostics/checks/prom.pods.ts';
import { vaultSealCheck } from '../../../src/diagnostics/checks/vault.seal.ts';
import type { Conclusion } from '../../../src/diagnostics/conclude.ts';
import type { Facts, RemediationOffer } from '../../../src/diagnostics/report.ts';
import type { Cause, Check, FactsOf } from '../../../src/diagnostics/types.ts';
import { concludeOver, contextOver, results } from './facts.ts';

/** Facts for causes of pods that do not run: of a service where all is well. Tests change what they are about. */

type PodsFacts = FactsOf<typeof k8sPods>;
type PodFact = PodsFacts['states'][number];

const CHECKS = {
  pods: k8sPods,
  deployment: k8sDeployment,
  events: k8sEvents,
  revisions: k8sReplicaSets,
  crashes: k8sCrashes,
  nodes: k8sNodes,
  claims: k8sPvc,
  quota: k8sQuota,
  errors: promPods,
  connect: pgConnect,
  logs: k8sLogs,
  hpa: k8sHpa,
  usage: k8sMetrics,
  seal: vaultSealCheck,
} as const;

type Changes = { readonly [Name in keyof typeof CHECKS]?: Partial<FactsOf<(typeof CHECKS)[Name]>> | null };

export const podFact = (pod: string, changes: Partial<PodFact> = {}): PodFact => ({
  pod,
  state: 'ready',
  revision: 7,
  node: 'node-1',
  container: null,
  image: null,
  reason: '',
  message: '',
  restarts: 0,
  exitCode: null,
  endedSecondsAgo: null,
  ageSeconds: 3_600,
  ...changes,
});

export const podsFacts = (...states: PodFact[]): PodsFacts => ({
  total: states.length,
  ready: states.filter(({ state }) => state === 'ready').length,
  restarts: 0,
  states,
});

/** Two pods that are well, and one that is not. */
export const oneOfThree = (changes: Partial<PodFact>): PodsFacts => podsFacts(podFact('a'), podFact('b'), podFact('c', changes));

export const looping = (changes: Partial<PodFact> = {}): PodsFacts =>
  oneOfThree({ state: 'crash-loop', container: 'hotswap', reason: 'Error', exitCode: 1, restarts: 4, endedSecondsAgo: 20, ...changes });

type End = FactsOf<typeof k8sCrashes>['ends'][number];
export const end = (signatures: string, changes: Partial<End> = {}): { readonly ends: End[] } => ({
  ends: [
    {
      pod: 'c',
      revision: 7,
      container: 'hotswap',
      looping: true,
      restarts: 4,
      exitCode: 1,
      reason: 'Error',
      secondsAgo: 20,
      signatures,
      message: 'It broke',
      exception: '',
      frame: '',
      service: '',
      ...changes,
    },
  ],
});

const WELL: { readonly [Name in keyof typeof CHECKS]: FactsOf<(typeof CHECKS)[Name]> } = {
  ...standard(),
  pods: podsFacts(podFact('a'), podFact('b'), podFact('c')),
  events: {
    windowMinutes: 30,
    warnings: [],
    probes: [],
    kills: [],
    pulls: [],
    mounts: [],
    refused: [],
    lostNodes: [],
    scaledDownFrom: null,
  },
  revisions: {
    newestRevision: 7,
    ageMinutes: 1_440,
    ageSeconds: 86_400,
    recent: false,
    recentMinutes: 60,
    newestReady: 3,
    newestDesired: 3,
    newestPods: 3,
    newestFailing: 0,
    olderPods: 0,
    olderFailing: 0,
    olderReady: 0,
    image: 'registry.example.com/hotswap/api:2.1.0',
    previousImage: 'registry.example.com/hotswap/api:2.0.9',
    previousRevision: 6,
    changes: ['image registry.example.com/hotswap/api:2.0.9 became registry.example.com/hotswap/api:2.1.0'],
    changeCause: null,
    newestPodNames: ['a', 'b', 'c'],
    lastDesired: null,
    failure: '',
  },
  crashes: { ends: [] },
  seal: { configured: false, servers: [] },
  nodes: { total: 3, open: 3, used: 3, down: [], strained: [] },
  claims: { claims: [], unbound: 0 },
  quota: { quotas: 0, tightest: null, roomForPods: null, rooms: [], breaches: [] },
  errors: {
    windowSeconds: 60,
    pods: ['a', 'b', 'c'].map((pod) => ({ pod, revision: 7, requestsPerSecond: 5, errorRatio: 0 })),
    newestRatio: 0,
    olderRatio: null,
    newestFailures: 0,
    ratioBefore: 0,
    ratioSoonAfter: null,
    warnRatio: 0.01,
    failRatio: 0.05,
  },
  connect: {
    connected: true,
    fault: null,
    code: null,
    connectMs: 5,
    warnMs: 1_000,
    version: '17',
    inRecovery: false,
    canReadAllStats: true,
    database: 'hotswap',
  },
};

function standard() {
  const seen = results();
  const of = <F extends Facts>(check: Check<F>): F => seen.get(check.id)?.facts as F; // the sample's result of this check
  return { deployment: of(k8sDeployment), logs: of(k8sLogs), hpa: of(k8sHpa), usage: of(k8sMetrics) };
}

/** A revision of two minutes ago whose pods fail, while older pods are ready. */
export const ROLLED_OUT = {
  recent: true,
  ageSeconds: 120,
  ageMinutes: 2,
  newestFailing: 1,
  newestPods: 1,
  olderPods: 2,
  olderReady: 2,
} as const;

function entries(changes: Changes): (readonly [Check, Facts | null])[] {
  const names = Object.keys(CHECKS) as (keyof typeof CHECKS)[]; // the keys of the constant above
  return names.map((name) => [CHECKS[name], changes[name] === null ? null : { ...WELL[name], ...changes[name] }]);
}

export const concludePods = (cause: Cause, changes: Changes = {}): Conclusion => concludeOver(cause, entries(changes));

export const offersForPods = (cause: Cause, changes: Changes): readonly RemediationOffer[] =>
  cause.remediations?.(contextOver(entries(changes))) ?? [];

/** Summary and advice: everything that a person reads. */
export const wordsForPods = (cause: Cause, changes: Changes): string => {
  const context = contextOver(entries(changes));
  return [cause.summary(context), ...(cause.advice?.(context) ?? [])].join('\n');
};

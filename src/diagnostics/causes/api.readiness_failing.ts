import { k8sDeployment } from '../checks/k8s.deployment.ts';
import { k8sEvents } from '../checks/k8s.events.ts';
import { k8sPods } from '../checks/k8s.pods.ts';
import { count } from '../rules/phrases.ts';
import { no, rule, yes } from '../rules/rule.ts';
import { POD_SYMPTOMS, type PodFacts, podNames, podsAre, podsDo } from '../signs/pods.ts';
import { goBack, goBackAdvice, onlyTheNewRevisionFails } from '../signs/rollout.ts';
import { type ConclusionContext, defineCause, type FactsOf } from '../types.ts';

type ProbeFact = FactsOf<typeof k8sEvents>['probes'][number];

/** A probe that failed longer ago than this may have passed since. Seconds. */
const RECENT_SECONDS = 300;
/** Probes of a start fail a few times as a matter of course. */
const MORE_THAN_A_START = 3;

/** Failures of readiness probes of pods that run without being ready. An answer with a status is no process that still starts. */
function failuresOf(states: readonly PodFacts[], probes: readonly ProbeFact[]): readonly ProbeFact[] {
  const state = (pod: string) => states.find((one) => one.pod === pod)?.state;
  return probes.filter(({ pod, probe, kind, statusCode, count: times, secondsAgo }) => {
    if (probe !== 'readiness' || secondsAgo > RECENT_SECONDS) return false;
    const answered = kind === 'status' && statusCode !== 503;
    return state(pod) === 'not-ready' || (state(pod) === 'starting' && (answered || times >= MORE_THAN_A_START));
  });
}

const readinessFails = rule({ pods: k8sPods, events: k8sEvents }, ({ pods: { states }, events: { probes } }) => {
  const failures = failuresOf(states, probes);
  const [latest] = failures;
  if (latest === undefined) return no('No readiness probe of a running pod fails.');
  return yes(`The readiness probe of ${podNames(failures)} fails: ${latest.met} (${count(latest.count, 'time')}).`);
});

const runUnready = podsAre(['not-ready'], 'runs without being ready', 'run without being ready');

function latestFailure(context: ConclusionContext): ProbeFact | undefined {
  return failuresOf(context.facts(k8sPods)?.states ?? [], context.facts(k8sEvents)?.probes ?? [])[0];
}

export const readinessFailing = defineCause({
  id: 'api.readiness_failing',
  title: 'Pods run, and their readiness probe fails',
  requires: [readinessFails],
  direct: readinessFails,
  supports: [runUnready, onlyTheNewRevisionFails],
  explains: [...POD_SYMPTOMS, 'api.bad_rollout', 'app.one_bad_pod'],
  summary: (context) => {
    const failures = failuresOf(context.facts(k8sPods)?.states ?? [], context.facts(k8sEvents)?.probes ?? []);
    const [latest] = failures;
    const deployment = context.facts(k8sDeployment);
    const where = `${deployment?.readinessPath ?? 'its address'} on port ${deployment?.readinessPort ?? '?'}`;
    const notFound =
      latest?.statusCode === 404 ? ' The process is up and has no such page: the path of the probe is wrong, or the build.' : '';
    return `${podsDo(failures, 'runs', 'run')} without getting requests: the kubelet asks ${where}, and ${latest?.met ?? 'it fails'}.${notFound}`;
  },
  remediations: goBack,
  advice: (context) => {
    const { namespace, deployment } = context.target.kubernetes;
    const path = context.facts(k8sDeployment)?.readinessPath ?? '?';
    const latest = latestFailure(context);
    return [
      ...goBackAdvice(context),
      adviceFor(latest, `kubectl --namespace ${namespace} edit deployment/${deployment}`, path, context.target.application.healthPath),
    ];
  },
});

function adviceFor(failure: ProbeFact | undefined, edit: string, path: string, healthPath: string): string {
  if (failure?.statusCode === 404)
    return `Change the path of the readiness probe from ${path} to one that the application has (${healthPath} is the one that the bot is configured with): ${edit}.`;
  if (failure?.kind === 'refused')
    return 'Nothing listens on that port of the pod: compare the port of the probe with the address that the process says it listens on in its log.';
  if (failure?.kind === 'timeout')
    return 'The process does not answer in time: look at its CPU, and for a full thread pool; /hotswap diagnose latency does both. A longer timeoutSeconds of the probe only hides it.';
  return `The process itself says that it is not ready: see which of its health checks fails in its log, and whether that is a database or a service that it needs.`;
}

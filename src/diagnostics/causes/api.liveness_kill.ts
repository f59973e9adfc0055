import { k8sCrashes } from '../checks/k8s.crashes.ts';
import { k8sDeployment } from '../checks/k8s.deployment.ts';
import { k8sEvents } from '../checks/k8s.events.ts';
import { k8sPods } from '../checks/k8s.pods.ts';
import { pgConnect } from '../checks/pg.connect.ts';
import { count, seconds } from '../rules/phrases.ts';
import { decide, rule } from '../rules/rule.ts';
import { isThrottled } from '../signs/cpu.ts';
import { kubeletKills, POD_CONSEQUENCES, POD_SYMPTOMS, podNames, recentKills } from '../signs/pods.ts';
import { goBack, goBackAdvice, onlyTheNewRevisionFails } from '../signs/rollout.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

const KILLED = [137, 143];

const endedByASignal = rule({ crashes: k8sCrashes }, ({ crashes: { ends } }) => {
  const found = ends.filter(({ exitCode, reason }) => KILLED.includes(exitCode) && reason !== 'OOMKilled');
  return decide(
    found.length > 0,
    `Containers of ${podNames(found)} ended with exit code ${found[0]?.exitCode ?? 0}, and not for want of memory.`,
    'No container ended with exit code 137 or 143.',
  );
});

const everyKillIsForMemory = rule({ pods: k8sPods, events: k8sEvents }, ({ pods: { states }, events: { kills } }) => {
  const oom = states.filter(({ state }) => state === 'oom').map(({ pod }) => pod);
  return decide(
    kills.length > 0 && kills.every(({ pod }) => oom.includes(pod)),
    'The containers that were killed had run out of memory.',
    'Not only containers without memory were killed.',
  );
});

const noStartupProbe = rule({ deployment: k8sDeployment }, ({ deployment: { startupProbe } }) =>
  decide(!startupProbe, 'There is no startup probe, so a slow start counts as dead.', 'A startup probe guards the start.'),
);

/** What the probes met before the kubelet killed. */
function met(context: ConclusionContext): string {
  const kills = recentKills(context);
  const failures = (context.facts(k8sEvents)?.probes ?? []).filter(({ probe, pod }) =>
    kills.some((kill) => kill.probe === probe && kill.pod === pod),
  );
  const [latest] = failures;
  if (latest === undefined) return '';
  return ` When the probe asked, ${latest.met} (${count(latest.count, 'time')}).`;
}

/** What a process waits for at its start keeps it from listening: nobody hears of it, as it is killed before it can say so. */
const waitsForTheDatabase = (context: ConclusionContext): string[] =>
  context.facts(pgConnect)?.connected === false
    ? ['PostgreSQL does not let the bot in either: a process that waits for it while it starts is killed just so. Look there first.']
    : [];

export const livenessKill = defineCause({
  id: 'api.liveness_kill',
  title: 'The kubelet kills containers whose liveness probe fails',
  requires: [kubeletKills],
  contradicts: [everyKillIsForMemory],
  direct: kubeletKills,
  supports: [endedByASignal, noStartupProbe, isThrottled, onlyTheNewRevisionFails],
  explains: [...POD_SYMPTOMS, ...POD_CONSEQUENCES, 'app.one_bad_pod', 'api.bad_rollout', 'api.readiness_failing'],
  summary: (context) => {
    const kills = recentKills(context);
    const last = Math.min(...kills.map(({ secondsAgo }) => secondsAgo));
    const budget = context.facts(k8sDeployment)?.livenessBudget ?? null;
    return `The kubelet killed the container of ${podNames(kills)} because its ${kills[0]?.probe ?? 'liveness'} probe failed, the last time ${seconds(last)} ago.${met(context)}${budget === null ? '' : ` The liveness probe asks ${budget}.`} The memory limit is not the reason.`;
  },
  remediations: goBack,
  advice: (context) => {
    const { namespace, deployment } = context.target.kubernetes;
    const startup = context.facts(k8sDeployment)?.startupProbe === true;
    return [
      ...goBackAdvice(context),
      ...waitsForTheDatabase(context),
      startup
        ? `Find out what keeps the process from answering in time (CPU, a full thread pool, a slow start), and give the probe more of it meanwhile: kubectl --namespace ${namespace} edit deployment/${deployment}, failureThreshold times periodSeconds is what it has.`
        : `If the pods are killed while they still start, give them a startup probe, or a longer initialDelaySeconds: kubectl --namespace ${namespace} edit deployment/${deployment}. If they are killed later, find out what keeps them from answering (CPU, a full thread pool).`,
      'A restart does not help: each start runs into the same probe. More memory does not help either.',
    ];
  },
});

import { deployment } from '../evidence/deployment.ts';
import { noSuchPod, pods } from '../evidence/pods.ts';
import { seconds } from '../rules/phrases.ts';
import { podState } from '../rules/pod-state.ts';
import { defineShow } from '../show.ts';

export const showPods = defineShow({
  id: 'show.pods',
  title: 'Pods',
  aliases: ['pods', 'pod'],
  needs: { pods, deployment },
  tables({ pods: all, deployment: owner }, { now, question }) {
    const wanted = (all ?? []).filter(({ name }) => question.pod === undefined || name === question.pod);
    const counts = owner?.counts;
    const notes = [
      ...(question.pod !== undefined && all !== undefined && wanted.length === 0 ? [noSuchPod(question.pod)] : []),
      ...(counts === undefined ? [] : [`The Deployment wants ${owner?.replicas ?? 0} replicas; ${counts.available} are available.`]),
    ];
    const rows = wanted.map((pod) => [
      pod.name,
      podState(pod, now),
      `${pod.containers.filter(({ ready }) => ready).length}/${pod.containers.length}`,
      String(pod.containers.reduce((sum, { restarts }) => sum + restarts, 0)),
      seconds((now.getTime() - pod.createdAt.getTime()) / 1_000),
      pod.revision === null ? '?' : String(pod.revision),
      pod.node ?? '(none)',
    ]);
    return [
      { title: 'Pods', columns: ['pod', 'state', 'ready', 'restarts', 'age', 'revision', 'node'], rows, note: notes.join(' ') || null },
    ];
  },
});

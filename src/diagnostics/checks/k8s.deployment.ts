import { deployment } from '../evidence/deployment.ts';
import { short, some } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type DeploymentFacts = {
  desired: number;
  ready: number;
  available: number;
  updated: number;
  paused: boolean;
  rollingOut: boolean;
  managedBy: string[];
  image: string;
};

export const k8sDeployment = defineCheck({
  id: 'k8s.deployment',
  title: 'Deployment',
  needs: { deployment },
  judge({ deployment: { data } }): Judgement<DeploymentFacts> {
    const { counts, replicas } = data;
    const facts = {
      desired: replicas,
      ready: counts.ready,
      available: counts.available,
      updated: counts.updated,
      paused: data.paused,
      rollingOut: data.observedGeneration < data.generation || counts.updated < replicas,
      managedBy: [...data.managedBy],
      image: data.containers.find(({ name }) => name === data.container)?.image ?? '',
    };
    const condition = (type: string, status: string, reason?: string) =>
      data.conditions.find((one) => one.type === type && one.status === status && (reason === undefined || one.reason === reason));
    const broken =
      condition('ReplicaFailure', 'True') ??
      condition('Progressing', 'False', 'ProgressDeadlineExceeded') ??
      condition('Available', 'False');
    if (replicas === 0) return { verdict: 'fail', summary: 'The Deployment is scaled to 0.', facts };
    if (counts.available === 0) return { verdict: 'fail', summary: `None of ${replicas} replicas is available.`, facts };
    if (broken !== undefined)
      return { verdict: 'fail', summary: `${broken.type} is ${broken.status}: ${short(broken.message || broken.reason)}`, facts };
    const doubts = [
      ...(counts.available < replicas ? [`${counts.available} of ${replicas} replicas are available`] : []),
      ...(data.paused ? ['its rollout is paused'] : []),
      ...(data.observedGeneration < data.generation ? ['its last change has not been taken up yet'] : []),
    ];
    if (doubts.length > 0) return { verdict: 'warn', summary: `The Deployment is not settled: ${some(doubts)}.`, facts };
    return { verdict: 'ok', summary: `${counts.available} of ${replicas} replicas are available.`, facts };
  },
});

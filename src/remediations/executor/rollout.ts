import type { DeploymentObject, KubernetesWriter } from '../../clients/kubernetes-write.ts';
import { done, type StepContext, type StepResult } from './verb.ts';

interface Workload {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Waits until the Deployment has rolled out what its spec says, reporting how far it is.
 * @returns done; stopped where somebody pressed Stop; broken where the deadline passed or Kubernetes gave up.
 */
export async function followRollout(
  writer: Pick<KubernetesWriter, 'readDeployment'>,
  workload: Workload,
  context: StepContext,
): Promise<StepResult> {
  const deadline = context.now().getTime() + context.deadlineMs;
  let last = 'nothing could be read of it';
  while (true) {
    const deployment = await readQuietly(writer, workload);
    if (deployment !== undefined) {
      last = describe(deployment);
      if (isComplete(deployment)) return done(`Rollout complete: ${last}.`, { readyReplicas: deployment.status.readyReplicas });
      const failure = failureOf(deployment);
      if (failure !== undefined)
        return {
          kind: 'broken',
          text: `Kubernetes reports that the rollout does not progress (${failure.reason ?? 'no reason'}): ${last}.`,
          facts: {},
        };
      await context.report(`Rollout: ${last}.`);
    }
    if (await context.stopRequested()) return { kind: 'stopped', text: `Stopped while ${last}.`, facts: {} };
    if (context.now().getTime() >= deadline)
      return { kind: 'broken', text: `The rollout did not finish in ${Math.round(context.deadlineMs / 1000)} s: ${last}.`, facts: {} };
    await context.wait(context.pollMs);
  }
}

/** Why Kubernetes gave up. What it said of an earlier spec, before it has seen this one, does not count. */
function failureOf({ metadata, status }: DeploymentObject) {
  if (status.observedGeneration < metadata.generation) return undefined;
  return status.conditions.find(({ type, status: value }) => type === 'Progressing' && value === 'False');
}

/** The rule of `kubectl rollout status`. */
function isComplete({ metadata, spec, status }: DeploymentObject): boolean {
  return (
    status.observedGeneration >= metadata.generation &&
    status.updatedReplicas === spec.replicas &&
    status.replicas === spec.replicas &&
    status.availableReplicas === spec.replicas
  );
}

/** What Kubernetes counted before it saw this spec says nothing of it. */
function describe({ metadata, spec, status }: DeploymentObject): string {
  if (status.observedGeneration < metadata.generation) return 'Kubernetes has not begun with it yet';
  return `${status.availableReplicas} of ${spec.replicas} pods are available, ${status.updatedReplicas} of the newest revision`;
}

async function readQuietly(writer: Pick<KubernetesWriter, 'readDeployment'>, workload: Workload): Promise<DeploymentObject | undefined> {
  try {
    return await writer.readDeployment(workload);
  } catch {
    return undefined; // one failed reading of many: the deadline decides
  }
}

import { isPodReady, type Pod } from '../kinds/pod.ts';
import { ApiError, conflict } from '../store/api-error.ts';
import { deleteObject } from '../store/deletion.ts';
import { isJsonObject } from '../store/object.ts';
import { type Answer, json } from './answer.ts';
import type { ApiContext } from './context.ts';
import type { ApiRequest } from './request.ts';
import { selects } from './selectors.ts';
import { bodyObject, isDryRun } from './write.ts';

/** Evicts a pod unless its disruption budget has nothing to spare, which is answered with 429. */
export function evict(context: ApiContext, pod: Pod, request: ApiRequest): Answer {
  const { store, clock } = context;
  const body = request.body === '' ? {} : bodyObject(request);
  const dryRun = isDryRun(request);
  const budgets = store.poddisruptionbudgets
    .list(pod.metadata.namespace)
    .filter(({ spec }) => spec.selector !== undefined && selects(spec.selector, pod.metadata.labels));
  if (budgets.length > 1) {
    throw new ApiError(500, undefined, 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
  }
  const precondition = uidOf(body);
  if (precondition !== undefined && precondition !== pod.metadata.uid)
    throw conflict(
      store.pods.definition,
      pod.metadata.name,
      `Precondition failed: UID in precondition: ${precondition}, UID in object meta: ${pod.metadata.uid}`,
    );
  const [budget] = budgets;
  if (budget && isPodReady(pod)) {
    const { disruptionsAllowed, desiredHealthy, currentHealthy } = budget.status;
    const { name, namespace = '' } = budget.metadata;
    if (disruptionsAllowed < 1)
      throw overBudget(`The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`);
    if (!dryRun) {
      store.poddisruptionbudgets.modify(namespace, name, ({ status }) => {
        status.disruptionsAllowed = disruptionsAllowed - 1;
      });
    }
  }
  deleteObject(store, store.pods, pod, { now: clock.now(), dryRun, ...graceOf(body) });
  return json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, 201);
}

function overBudget(message: string): ApiError {
  return new ApiError(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [{ reason: 'DisruptionBudget', message }],
  });
}

function uidOf(body: Readonly<Record<string, unknown>>): unknown {
  const options = isJsonObject(body.deleteOptions) ? body.deleteOptions : {};
  return isJsonObject(options.preconditions) ? options.preconditions.uid : undefined;
}

function graceOf(body: Readonly<Record<string, unknown>>): { graceSeconds?: number } {
  const options = isJsonObject(body.deleteOptions) ? body.deleteOptions : {};
  return typeof options.gracePeriodSeconds === 'number' ? { graceSeconds: options.gracePeriodSeconds } : {};
}

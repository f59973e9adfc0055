import { z } from 'zod';
import { ReadError } from '../../clients/read-errors.ts';
import { parseQuantity } from '../rules/quantity.ts';
import { kubectl } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { deployment } from './deployment.ts';

const Answer = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      timestamp: z.coerce.date(),
      containers: z.array(z.object({ name: z.string(), usage: z.object({ cpu: z.string(), memory: z.string() }) })),
    }),
  ),
});

interface PodUsage {
  readonly pod: string;
  readonly at: Date;
  readonly containers: readonly { readonly name: string; readonly cpuCores: number; readonly memoryBytes: number }[];
}

/** What each pod uses, from the metrics API: what kubectl top shows. */
export const podMetrics = defineSource<readonly PodUsage[]>({
  id: 'k8s.metrics',
  title: 'CPU and memory of the pods',
  permission: 'Role rule {apiGroups: ["metrics.k8s.io"], resources: ["pods"], verbs: ["get", "list"]}',
  asked: (target) => kubectl(target, 'top pods --containers'),
  async collect({ target, clients, signal, require }) {
    const { selector } = (await require(deployment)).data;
    const answer = await clients.kubernetes.podMetrics(target.kubernetes.namespace, selector, signal).catch((error: unknown) => {
      throw withMend(error);
    });
    const { items } = parseAnswer(Answer, answer, 'The metrics of the pods');
    const data = items.map(({ metadata, timestamp, containers }) => ({
      pod: metadata.name,
      at: timestamp,
      containers: containers.map(({ name, usage }) => ({ name, cpuCores: usageOf(usage.cpu), memoryBytes: usageOf(usage.memory) })),
    }));
    return { data, complete: true, asked: kubectl(target, `top pods --containers --selector '${selector}'`) };
  },
});

export function usageOf(quantity: string): number {
  const value = parseQuantity(quantity);
  if (value === undefined) throw new ReadError('invalid-response', `The metrics API gave "${quantity}" as a quantity.`);
  return value;
}

export function withMend(error: unknown): unknown {
  if (!(error instanceof ReadError) || (error.reason !== 'not-served' && error.reason !== 'unreachable')) return error;
  const message = error.reason === 'not-served' ? 'The cluster has no metrics API.' : error.message;
  return new ReadError(error.reason, message, { code: error.code, cause: error, mend: 'Install or repair metrics-server.' });
}

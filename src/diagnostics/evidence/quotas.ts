import { z } from 'zod';
import { ReadError } from '../../clients/read-errors.ts';
import { kubectl } from '../rules/shell.ts';
import { defineSource, type Gap } from '../types.ts';
import { parseAnswer } from './answers.ts';

const Quantities = z.record(z.string(), z.union([z.string(), z.number()]).transform(String)).default({});
const QuotaAnswer = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ scopes: z.array(z.string()).default([]), scopeSelector: z.unknown().optional() }).prefault({}),
      status: z.object({ hard: Quantities, used: Quantities }).prefault({}),
    }),
  ),
});
/** The client library writes `default` with a low line before it. */
const LimitAnswer = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({
        limits: z
          .array(z.object({ type: z.string(), max: Quantities, min: Quantities, _default: Quantities, defaultRequest: Quantities }))
          .default([]),
      }),
    }),
  ),
});

export interface NamespaceLimits {
  readonly quotas: readonly {
    readonly name: string;
    /** It holds for some pods only, and which ones is not worked out. */
    readonly scoped: boolean;
    readonly resource: string;
    readonly hard: string;
    readonly used: string;
  }[];
  /** Bounds of limit ranges. */
  readonly bounds: readonly {
    readonly name: string;
    /** What they hold for: Container, Pod or PersistentVolumeClaim. */
    readonly type: string;
    readonly resource: string;
    readonly max: string | null;
    readonly min: string | null;
  }[];
  /** What limit ranges fill in where a container does not say; an earlier one goes first. */
  readonly defaults: readonly { readonly resource: string; readonly limit: string | null; readonly request: string | null }[];
}

/** What the namespace allows its pods: both are enforced on pods alone, so a Deployment that breaks them is taken all the same. */
export const quotas = defineSource<NamespaceLimits>({
  id: 'k8s.quota',
  title: 'Quotas and limit ranges',
  permission: 'Role rule {apiGroups: [""], resources: ["resourcequotas", "limitranges"], verbs: ["get", "list"]}',
  asked: (target) => kubectl(target, 'get resourcequotas,limitranges -o yaml'),
  async collect({ target, clients, signal }) {
    const { namespace } = target.kubernetes;
    const [quota, limits] = await Promise.allSettled([
      clients.kubernetes.resourceQuotas(namespace, signal).then((answer) => parseAnswer(QuotaAnswer, answer, 'The list of quotas')),
      clients.kubernetes.limitRanges(namespace, signal).then((answer) => parseAnswer(LimitAnswer, answer, 'The list of limit ranges')),
    ]);
    if (quota.status === 'rejected' && limits.status === 'rejected') throw quota.reason;
    const data: NamespaceLimits = {
      quotas: quota.status === 'fulfilled' ? quotasOf(quota.value) : [],
      bounds: limits.status === 'fulfilled' ? boundsOf(limits.value) : [],
      defaults: limits.status === 'fulfilled' ? defaultsOf(limits.value) : [],
    };
    const failed = [quota, limits].find((one) => one.status === 'rejected');
    return failed === undefined ? { data, complete: true } : { data, complete: false, gap: gapOf(failed.reason) };
  },
});

function quotasOf({ items }: z.output<typeof QuotaAnswer>): NamespaceLimits['quotas'] {
  return items.flatMap(({ metadata: { name }, spec, status: { hard, used } }) =>
    Object.entries(hard).map(([resource, limit]) => ({
      name,
      scoped: spec.scopes.length > 0 || (spec.scopeSelector !== undefined && spec.scopeSelector !== null),
      resource,
      hard: limit,
      used: used[resource] ?? '0',
    })),
  );
}

function boundsOf({ items }: z.output<typeof LimitAnswer>): NamespaceLimits['bounds'] {
  return items.flatMap(({ metadata: { name }, spec }) =>
    spec.limits.flatMap(({ type, max, min }) =>
      [...new Set([...Object.keys(max), ...Object.keys(min)])].map((resource) => ({
        name,
        type,
        resource,
        max: max[resource] ?? null,
        min: min[resource] ?? null,
      })),
    ),
  );
}

function defaultsOf({ items }: z.output<typeof LimitAnswer>): NamespaceLimits['defaults'] {
  const rules = items.flatMap(({ spec }) => spec.limits.filter(({ type }) => type === 'Container'));
  return rules.flatMap(({ _default: limits, defaultRequest: requests }) =>
    [...new Set([...Object.keys(limits), ...Object.keys(requests)])].map((resource) => ({
      resource,
      limit: limits[resource] ?? null,
      request: requests[resource] ?? null,
    })),
  );
}

function gapOf(error: unknown): Gap {
  if (!(error instanceof ReadError)) throw error;
  return { reason: error.reason, message: error.message, mend: error.mend ?? '' };
}

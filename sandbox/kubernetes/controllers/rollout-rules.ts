import { isDeepStrictEqual } from 'node:util';
import type { PodTemplate } from '../kinds/pod.ts';
import type { Deployment, IntOrPercent, ReplicaSet } from '../kinds/workload.ts';
import { safeAlphabet } from '../random.ts';
import { isJsonObject } from '../store/object.ts';

export const hashLabel = 'pod-template-hash';
export const revisionAnnotation = 'deployment.kubernetes.io/revision';

/** The absolute value of a count or a share of the total. */
export function resolved(value: IntOrPercent, total: number, round: (value: number) => number): number {
  return typeof value === 'number' ? value : round((Number.parseInt(value, 10) / 100) * total);
}

/** maxSurge and maxUnavailable in pods; both zero would never move, so then one may be unavailable. */
export function fenceposts(deployment: Deployment): { surge: number; unavailable: number } {
  const { strategy, replicas } = deployment.spec;
  if (strategy.type === 'Recreate' || !strategy.rollingUpdate) return { surge: 0, unavailable: 0 };
  const surge = resolved(strategy.rollingUpdate.maxSurge, replicas, Math.ceil);
  const unavailable = resolved(strategy.rollingUpdate.maxUnavailable, replicas, Math.floor);
  return { surge, unavailable: Math.min(surge === 0 && unavailable === 0 ? 1 : unavailable, replicas) };
}

/** Whether two templates are the same but for the hash label. */
export function sameTemplate(left: PodTemplate, right: PodTemplate): boolean {
  return isDeepStrictEqual(withoutHash(left), withoutHash(right));
}

function withoutHash(template: PodTemplate): unknown {
  const { [hashLabel]: _hash, ...labels } = template.metadata.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** A short hash of a template: 32-bit FNV-1a in the alphabet of generated names. */
export function templateHash(template: PodTemplate): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(canonical(withoutHash(template)))) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return [...String(hash)].map((digit) => safeAlphabet.charAt(digit.charCodeAt(0) % safeAlphabet.length)).join('');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value) ?? 'null';
  const sorted = Object.keys(value).sort();
  return `{${sorted.map((key) => `${key}:${canonical(value[key])}`).join(',')}}`;
}

export function revisionOf(object: Deployment | ReplicaSet): number {
  return Number(object.metadata.annotations?.[revisionAnnotation] ?? 0);
}

export function total(replicaSets: readonly ReplicaSet[], of: (replicaSet: ReplicaSet) => number | undefined): number {
  return replicaSets.reduce((sum, replicaSet) => sum + (of(replicaSet) ?? 0), 0);
}

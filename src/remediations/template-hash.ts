import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

const HASH_LABEL = 'pod-template-hash';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

/** The template of a ReplicaSet as the Deployment had it: without the label that the controller adds. */
export function deploymentTemplate(template: JsonObject): JsonObject {
  const metadata = objectOf(template.metadata);
  const { [HASH_LABEL]: _, ...labels } = objectOf(metadata.labels);
  return { ...template, metadata: { ...metadata, labels } };
}

/** Stands for a template, whose variables may hold secrets, in plans and journals. The controller's label and what is null do not count. */
export function templateHash(template: JsonObject): string {
  const text = canonicalize(withoutNulls(deploymentTemplate(template)));
  if (text === undefined) throw new Error('a template that is no JSON has no hash');
  return createHash('sha256').update(text).digest('hex');
}

/** Older API servers write null where newer ones write nothing. */
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)]])));
}

const objectOf = (value: Json | undefined): JsonObject =>
  value !== undefined && value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};

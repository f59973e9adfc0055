import { applyPatch, type Operation } from 'rfc6902';
import { z } from 'zod';
import { ApiError, badRequest } from '../store/api-error.ts';
import { isJsonObject } from '../store/object.ts';
import { strategicMerge } from './strategic-merge.ts';

const jsonPatchType = 'application/json-patch+json';
const mergePatchType = 'application/merge-patch+json';
const strategicType = 'application/strategic-merge-patch+json';

const pointer = z.string();
const operationSchema = z.discriminatedUnion('op', [
  z.object({ op: z.enum(['add', 'replace', 'test']), path: pointer, value: z.unknown() }),
  z.object({ op: z.literal('remove'), path: pointer }),
  z.object({ op: z.enum(['move', 'copy']), from: pointer, path: pointer }),
]);

/**
 * The object that a patch makes of another. Throws 415 for a content type that the kind does not take, 400 for a
 * patch that cannot be read, 422 where a JSON patch cannot be applied or one of its tests fails.
 */
export function patched(contentType: string, current: unknown, body: string, custom: boolean): unknown {
  const accepted = custom ? [jsonPatchType, mergePatchType] : [jsonPatchType, mergePatchType, strategicType];
  const type = contentType.split(';')[0]?.trim() ?? '';
  if (!accepted.includes(type)) throw custom ? unsupportedMediaType([...accepted, 'application/apply-patch+yaml']) : unroutable();
  const patch = parseJson(body);
  if (type === jsonPatchType) return jsonPatched(current, patch);
  if (!isJsonObject(patch)) throw badRequest(`json: cannot unmarshal ${jsonKind(patch)} into Go value of type map[string]interface {}`);
  return type === mergePatchType ? mergePatched(current, patch) : strategicMerge(current, patch);
}

export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new ApiError(415, 'UnsupportedMediaType', message);
}

/** Built-in kinds refuse a patch type before their own code sees it, and so in other words. */
function unroutable(): ApiError {
  return new ApiError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
}

/** RFC 7386. */
export function mergePatched(current: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch;
  const merged = isJsonObject(current) ? { ...current } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatched(merged[key], value);
  }
  return merged;
}

function jsonPatched(current: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest(`json: cannot unmarshal ${jsonKind(patch)} into Go value of type jsonpatch.Patch`);
  const operations: Operation[] = patch.map((operation) => {
    const parsed = operationSchema.safeParse(operation);
    if (!parsed.success) throw unprocessable();
    return parsed.data;
  });
  const next = structuredClone(current);
  for (const operation of operations) {
    const [problem] = applyPatch(next, [operation]);
    if (problem) throw unprocessable();
  }
  return next;
}

/** The API server answers a failed test and an impossible operation alike, without saying which it was. */
function unprocessable(): ApiError {
  return new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw badRequest(`error decoding patch: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (isJsonObject(value)) return 'object';
  return value === null ? 'null' : typeof value;
}

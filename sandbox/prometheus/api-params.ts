import type { IncomingMessage } from 'node:http';
import type { Matcher } from './matchers.ts';
import { BadQuery } from './promql/errors.ts';
import { parseDuration } from './promql/literals.ts';
import { parseSelector } from './promql/parser.ts';

/** A parameter that is missing or wrong: HTTP 400 `bad_data`. */
export class BadParameter extends Error {}

const MAX_BODY_BYTES = 1_000_000;
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** The parameters of a request: the form of a POST first, then the query string. */
export async function readParams(request: IncomingMessage, url: URL): Promise<URLSearchParams> {
  if (request.method !== 'POST') return url.searchParams;
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > MAX_BODY_BYTES) throw new BadParameter('http: request body too large');
  }
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  return new URLSearchParams([...(isForm ? new URLSearchParams(body) : []), ...url.searchParams]);
}

/** An instant in ms: seconds since the epoch or RFC 3339. */
export function timeParam(params: URLSearchParams, name: string, fallback?: number): number {
  const text = params.get(name) ?? '';
  if (text === '' && fallback !== undefined) return fallback;
  const time =
    text.trim() !== '' && Number.isFinite(Number(text))
      ? Math.round(Number(text) * 1000)
      : RFC3339.test(text)
        ? Date.parse(text)
        : Number.NaN;
  if (!Number.isNaN(time)) return time;
  const reason = `cannot parse ${JSON.stringify(text)} to a valid timestamp`;
  const detail = fallback === undefined ? reason : `Invalid time value for '${name}': ${reason}`;
  throw new BadParameter(`invalid parameter "${name}": ${detail}`);
}

/** A duration in ms: seconds or `5m`. */
export function durationParam(params: URLSearchParams, name: string): number {
  const text = params.get(name) ?? '';
  const seconds = text.trim() === '' ? Number.NaN : Number(text);
  const milliseconds = Number.isFinite(seconds) ? seconds * 1000 : parseDuration(text);
  if (milliseconds !== undefined) return milliseconds;
  throw new BadParameter(`invalid parameter "${name}": cannot parse ${JSON.stringify(text)} to a valid duration`);
}

/** The series selectors of `match[]`, each of which must ask for something. */
export function matcherSets(params: URLSearchParams): readonly (readonly Matcher[])[] {
  const sets = params.getAll('match[]').map((text) => parseSelector(text));
  if (sets.some((matchers) => matchers.every((matcher) => matcher.matches(''))))
    throw new BadQuery('match[] must contain at least one non-empty matcher');
  return sets;
}

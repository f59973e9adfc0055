import type { ServerResponse } from 'node:http';
import { ApiError } from '../store/api-error.ts';
import type { Change } from '../store/collection.ts';
import type { KubeObject } from '../store/object.ts';
import type { Answer } from './answer.ts';
import { wanted } from './read.ts';
import type { ApiRequest, ResourceRequest } from './request.ts';
import type { ServedResource } from './served.ts';

const longestWatchSeconds = 3600;

/** Streams changes as lines of JSON: first what is there (or what changed since resourceVersion), then what happens. */
export function watch(served: ServedResource, request: ApiRequest, what: ResourceRequest): Answer {
  const isWanted = wanted(served, request, what);
  const since = Number(request.query.get('resourceVersion') ?? 0);
  const seconds = Math.min(Number(request.query.get('timeoutSeconds') ?? longestWatchSeconds), longestWatchSeconds);
  return { as: 'stream', write: (response) => stream(response, served, isWanted, since, seconds) };
}

function stream(
  response: ServerResponse,
  served: ServedResource,
  isWanted: (object: KubeObject) => boolean,
  since: number,
  seconds: number,
): void {
  const { collection, view } = served;
  const write = (type: string, object: unknown): void => {
    response.write(`${JSON.stringify({ type, object })}\n`);
  };
  const report = (change: Change<KubeObject>): void => {
    const type = typeFor(change, isWanted);
    if (type) write(type, view.toWire(change.object));
  };
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  response.flushHeaders();
  const missed = since > 0 ? collection.changesAfter(since) : [];
  if (missed === undefined) {
    write('ERROR', new ApiError(410, 'Expired', `too old resource version: ${since}`).body);
    response.end();
    return;
  }
  if (since === 0) for (const object of collection.list().filter(isWanted)) write('ADDED', view.toWire(object));
  for (const change of missed) report(change);
  const stop = collection.onChange(report);
  const timer = setTimeout(() => response.end(), seconds * 1000);
  response.on('close', () => {
    clearTimeout(timer);
    stop();
  });
}

/** A change seen through a selector: an object that comes to match is added, one that no longer does is deleted. */
function typeFor(change: Change<KubeObject>, isWanted: (object: KubeObject) => boolean): Change<KubeObject>['type'] | undefined {
  const matchedBefore = change.before !== undefined && isWanted(change.before);
  if (change.type === 'DELETED') return matchedBefore ? 'DELETED' : undefined;
  if (isWanted(change.object)) return matchedBefore ? 'MODIFIED' : 'ADDED';
  return matchedBefore ? 'DELETED' : undefined;
}

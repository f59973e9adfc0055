import type { Pod } from '../kinds/pod.ts';
import type { LogLine } from '../runtime.ts';
import { ApiError, badRequest } from '../store/api-error.ts';
import { type Answer, text } from './answer.ts';
import type { ApiContext } from './context.ts';
import type { ApiRequest } from './request.ts';

/** Serves a pod's log with container, previous, tailLines, limitBytes, sinceSeconds, sinceTime and timestamps. */
export function podLog(context: ApiContext, pod: Pod, request: ApiRequest): Answer {
  const { query } = request;
  const container = containerName(pod, query.get('container') ?? '');
  const previous = query.get('previous') === 'true';
  if (!context.kubelet.isReachable(pod)) throw kubeletSilent(pod, container);
  const lines = context.kubelet.logs(pod, container, previous);
  if (!lines) throw noRun(pod, container, previous);
  const since = sinceOf(query, context.clock.now());
  const recent = since === undefined ? lines : lines.filter((line) => line.at >= since);
  const tail = query.get('tailLines');
  const kept = tail === null ? recent : recent.slice(Math.max(0, recent.length - Number(tail)));
  return text(limited(render(kept, query.get('timestamps') === 'true'), query.get('limitBytes')));
}

function containerName(pod: Pod, asked: string): string {
  const names = pod.spec.containers.map(({ name }) => name);
  const { name } = pod.metadata;
  if (asked !== '') {
    if (!names.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${name}`);
    return asked;
  }
  const [only, ...others] = names;
  if (only === undefined || others.length > 0) {
    throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`);
  }
  return only;
}

function noRun(pod: Pod, container: string, previous: boolean): Error {
  const { name } = pod.metadata;
  if (previous) return badRequest(`previous terminated container "${container}" in pod "${name}" not found`);
  const waiting = pod.status.containerStatuses?.find((status) => status.name === container)?.state.waiting;
  const imageProblem = waiting?.reason === 'ErrImagePull' || waiting?.reason === 'ImagePullBackOff';
  const problem = imageProblem ? 'trying and failing to pull image' : (waiting?.reason ?? 'ContainerCreating');
  return badRequest(`container "${container}" in pod "${name}" is waiting to start: ${problem}`);
}

function kubeletSilent(pod: Pod, container: string): Error {
  const { namespace = '', name } = pod.metadata;
  const address = '127.0.0.1:10250';
  const problem = `Get "https://${address}/containerLogs/${namespace}/${name}/${container}": dial tcp ${address}: connect: no route to host`;
  return new ApiError(500, 'InternalError', problem);
}

function sinceOf(query: URLSearchParams, now: Date): Date | undefined {
  const seconds = query.get('sinceSeconds');
  if (seconds !== null) return new Date(now.getTime() - Number(seconds) * 1000);
  const time = query.get('sinceTime');
  return time === null ? undefined : new Date(time);
}

function render(lines: readonly LogLine[], timestamps: boolean): string {
  return lines.map(({ at, line }) => `${timestamps ? `${at.toISOString().replace('Z', '000000Z')} ` : ''}${line}\n`).join('');
}

function limited(whole: string, limit: string | null): string {
  return limit === null ? whole : Buffer.from(whole, 'utf8').subarray(0, Number(limit)).toString('utf8');
}

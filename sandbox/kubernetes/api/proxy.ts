import http from 'node:http';
import type { Pod } from '../kinds/pod.ts';
import { ApiError } from '../store/api-error.ts';
import { type Answer, text } from './answer.ts';
import type { ApiContext } from './context.ts';
import type { ApiRequest, ResourceRequest } from './request.ts';

const timeoutMs = 10_000;

/** Passes a GET on to the port of the pod that the request names; without one, to the first that a container states. */
export async function podProxy(context: ApiContext, pod: Pod, request: ApiRequest, what: ResourceRequest): Promise<Answer> {
  const named = /:(\d+)$/.exec(what.name)?.[1];
  const port =
    named === undefined ? (pod.spec.containers.find(({ ports = [] }) => ports.length > 0)?.ports?.[0]?.containerPort ?? 80) : Number(named);
  const dialled = `dial tcp ${pod.status.podIP ?? ''}:${port}: connect`;
  if (!context.kubelet.isReachable(pod)) throw unreachable(`${dialled}: no route to host`);
  const address = context.kubelet.address(pod, port);
  if (!address) throw unreachable(`${dialled}: connection refused`);
  const query = request.query.toString();
  const path = `/${what.rest}${query === '' ? '' : `?${query}`}`;
  return await new Promise<Answer>((resolve, reject) => {
    const asked = http.get({ ...address, path, timeout: timeoutMs }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve(text(Buffer.concat(chunks).toString('utf8'), response.statusCode ?? 502, response.headers['content-type'])),
      );
    });
    asked.on('timeout', () => asked.destroy(new Error('i/o timeout')));
    asked.on('error', () => reject(unreachable(`${dialled}: connection refused`)));
  });
}

function unreachable(problem: string): ApiError {
  return new ApiError(503, 'ServiceUnavailable', `error trying to reach service: ${problem}`);
}

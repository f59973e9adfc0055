import http from 'node:http';
import type { Pod } from '../kinds/pod.ts';
import { ApiError } from '../store/api-error.ts';
import { type Answer, text } from './answer.ts';
import type { ApiContext } from './context.ts';
import type { ApiRequest, ResourceRequest } from './request.ts';

const timeoutMs = 10_000;

/** Passes a GET on to the pod's process, whichever port of the pod the request names. */
export async function podProxy(context: ApiContext, pod: Pod, request: ApiRequest, what: ResourceRequest): Promise<Answer> {
  const address = context.kubelet.address(pod);
  if (!address) throw unreachable(`dial tcp ${pod.status.podIP ?? ''}: connect: connection refused`);
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
    asked.on('error', () => reject(unreachable(`dial tcp ${address.host}:${address.port}: connect: connection refused`)));
  });
}

function unreachable(problem: string): ApiError {
  return new ApiError(503, 'ServiceUnavailable', `error trying to reach service: ${problem}`);
}

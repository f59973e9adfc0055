import { request as askPlainly, type IncomingMessage } from 'node:http';
import { request as askSecurely, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type KubeConfig, type PromiseHttpLibrary, type RequestContext, ResponseContext } from '@kubernetes/client-node';
import { oneByOne, type TakePiece } from './one-by-one.ts';
import type { Patience } from './patience.ts';

/**
 * How the client library asks for a log: over node:https. `fetch`, which it would use, copies each piece and leaves both to the
 * garbage collector. What comes is handed on, and the library gets an empty body; a refusal goes on to it as it is.
 */
export function logTransport(config: KubeConfig, take: TakePiece, patience: Patience): PromiseHttpLibrary {
  return {
    async send(context) {
      const signal = context.getSignal();
      try {
        const response = await ask(config, context);
        if (response.statusCode !== 200) return answer(response, await text(response));
        await pipeline(response, oneByOne(patiently(take, patience)), { signal });
        return answer(response, '');
      } catch (error) {
        signal?.throwIfAborted(); // whoever aborted it says why
        throw error;
      }
    },
  };
}

/** @throws the error of the connection, or an AbortError */
async function ask(config: KubeConfig, context: RequestContext): Promise<IncomingMessage> {
  const url = context.getUrl();
  const options: RequestOptions = { signal: context.getSignal() };
  await config.applyToHTTPSOptions(options);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = { ...context.getHeaders(), ...options.headers };
  (url.startsWith('https:') ? askSecurely : askPlainly)(url, { ...options, headers })
    .once('response', resolve)
    .on('error', reject)
    .end();
  return promise;
}

function answer({ statusCode = 0, headers }: IncomingMessage, body: string): ResponseContext {
  const read = { text: async () => body, binary: async () => Buffer.from(body), stream: () => null };
  return new ResponseContext(statusCode, { 'content-type': headers['content-type'] ?? 'text/plain' }, read);
}

/** Nothing counts as a pause while a piece is being used. */
const patiently = (take: TakePiece, patience: Patience) => async (piece: Uint8Array) => {
  patience.rest();
  await take(piece);
  patience.wait();
};

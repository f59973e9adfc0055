import { createServer } from 'node:http';

export interface SilentPrometheus {
  readonly url: string;
  close(): Promise<void>;
}

const NOTHING = JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] } });

/**
 * A Prometheus that has no samples of the service. There is then nothing to compare a fix with, and its verification ends at once;
 * with one that does not answer, each of them would go on until its time is up, reading everything again and again.
 */
export async function startSilentPrometheus(): Promise<SilentPrometheus> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' }).end(NOTHING);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

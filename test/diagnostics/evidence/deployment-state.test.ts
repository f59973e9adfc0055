import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { deploymentState } from '../../../src/diagnostics/evidence/deployment-state.ts';
import { clientsOf, collect, read } from '../support/collect.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A service that gives these answers, one after the other, the last one again and again. */
async function service(...answers: readonly (number | object)[]) {
  const asked: { path: string; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    asked.push({ path: request.url ?? '', authorization: request.headers.authorization });
    const answer = answers[Math.min(asked.length, answers.length) - 1] ?? 500;
    if (typeof answer === 'number') response.writeHead(answer).end('{}');
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}
const question = { executionId: 'e 1' };
const startedSecondsAgo = (seconds: number) => ({
  status: 'Running',
  startTime: new Date(Date.now() - seconds * 1_000).toISOString(),
  stages: [{ name: 'Canary', status: 'Running' }],
});

describe('the state of a deployment', () => {
  it('is that of the list where none was named: what may be stuck, from each pod that answers', async () => {
    const old = new Date(Date.now() - 3_600_000).toISOString();
    const first = [
      { executionId: 'a', status: 'Running', startTime: old },
      { executionId: 'b', status: 'Running', startTime: new Date().toISOString() },
    ];
    const second = {
      deployments: [
        { execution_id: 'c', status: 'PendingApproval' },
        { executionId: 'd', status: 'Succeeded' },
      ],
    };
    const { url, asked } = await service(first, second);
    const states = await read(deploymentState, clientsOf({ api: url }));
    expect(states.named).toBeNull();
    expect(states.deployments.map(({ executionId }) => executionId).sort()).toEqual(['a', 'c']);
    expect(asked[0]?.path).toBe('/api/v1/deployments');
  });

  it('is unknown where the list is refused', async () => {
    const { url } = await service(401);
    expect(await read(deploymentState, clientsOf({ api: url }))).toMatchObject({ answers: ['401', '401', '401', '401'], deployments: [] });
    expect(await collect(deploymentState, clientsOf({ api: url }))).toMatchObject({
      complete: false,
      gap: { reason: 'forbidden', message: expect.stringContaining('401'), mend: expect.stringContaining('application.apiTokenFrom') },
    });
  });

  it('is asked for until a pod knows it', async () => {
    const began = performance.now();
    const { url, asked } = await service(404, 404, startedSecondsAgo(60));
    const state = await read(deploymentState, clientsOf({ api: url }), { question });
    expect(state).toMatchObject({ answers: ['404', '404', '200'], deployments: [{ status: 'Running', lastStage: 'Canary: Running' }] });
    expect(state.deployments[0]?.runningSeconds).toBeGreaterThanOrEqual(60);
    expect(state.deployments[0]?.runningSeconds).toBeLessThan(61 + (performance.now() - began) / 1_000); // it goes on while the test runs
    expect(asked[0]?.path).toBe('/api/v1/deployments/e%201');
  });

  it.each([401, 403, 429])('is not known after %d, which another pod would say as well', async (status) => {
    const { url } = await service(status);
    expect(await read(deploymentState, clientsOf({ api: url }), { question })).toMatchObject({
      answers: [String(status)],
      deployments: [{ status: null }],
    });
  });

  it('is not known where no pod knows it', async () => {
    const { url, asked } = await service(404);
    expect(await read(deploymentState, clientsOf({ api: url }), { question })).toMatchObject({ deployments: [{ status: null }] });
    expect(asked).toHaveLength(6);
  });

  it('takes a duration where there is no time', async () => {
    const { url } = await service({ status: 'Running', duration: '00:17:03' });
    expect(await read(deploymentState, clientsOf({ api: url }), { question })).toMatchObject({ deployments: [{ runningSeconds: 1_023 }] });
  });

  it('is missing where no address is configured', async () => {
    expect(await collect(deploymentState, clientsOf({}), { question })).toMatchObject({ kind: 'missing', reason: 'not-configured' });
  });

  it('is asked for with the token, where there is one', async () => {
    const { url, asked } = await service(startedSecondsAgo(60));
    await read(deploymentState, clientsOf({ api: url, apiToken: 'viewer-token' }), { question });
    expect(asked[0]?.authorization).toBe('Bearer viewer-token');
  });
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { examineTopic } from '../../src/bot/examine.ts';
import type { Registry } from '../../src/diagnostics/registry.ts';
import { defineCheck, defineSource, defineTopic, type SourceContext } from '../../src/diagnostics/types.ts';
import { clientsOf } from '../diagnostics/support/collect.ts';
import { settings, silent, target } from '../diagnostics/support/evidence.ts';
import { createStore } from '../support/store.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

interface Prometheus {
  readonly url: string;
  /** The queries that it was asked. */
  readonly queries: string[];
}

/** A Prometheus that has this many scrapes, or answers with a status. */
async function prometheusWith(scrapes: number, status = 200): Promise<Prometheus> {
  const queries: string[] = [];
  const server = createServer(async (request, response) => {
    const body: Buffer[] = [];
    for await (const chunk of request) body.push(chunk);
    const asked = new URLSearchParams(`${new URL(request.url ?? '', 'http://x').search.slice(1)}&${Buffer.concat(body).toString()}`);
    queries.push(asked.get('query') ?? '');
    const result = [{ metric: {}, value: [Date.now() / 1_000, String(scrapes)] }];
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, queries };
}

/** A diagnosis of one check, which keeps with what it was asked. */
function registryOf(seen: SourceContext[]): Registry {
  const logs = defineSource<number>({
    ...{ id: 'logs', title: 'Logs', permission: 'none', asked: () => ({ tool: 'kubectl', command: 'logs' }) },
    async collect(context) {
      seen.push(context);
      return { data: 0, complete: true };
    },
  });
  const check = defineCheck({
    ...{ id: 'k8s.logs', title: 'Logs', needs: { logs } },
    judge: ({ logs: { data } }) => ({ verdict: 'ok', summary: `${data} errors.`, facts: {} }),
  });
  const topic = defineTopic({
    ...{ id: 'postgres', title: 'PostgreSQL', aliases: [], guideSection: '', runbooks: [], question: 'Is it well?' },
    ...{ causes: [], symptoms: ['k8s.logs'], context: [] },
  });
  return { checks: new Map([[check.id, check]]), causes: new Map(), topics: new Map([[topic.id, topic]]), shows: new Map() };
}

async function examine(prometheus: Prometheus, secondsAgo: number) {
  const { store } = await createStore();
  const seen: SourceContext[] = [];
  const options = { settings, registry: registryOf(seen), remediations: new Set<string>(), secrets: [], log: silent };
  const question = { topic: 'postgres', target, since: new Date(Date.now() - secondsAgo * 1_000) };
  const clients = clientsOf({ prometheus: prometheus.url });
  const examination = await examineTopic(options, question, clients, store, new AbortController().signal);
  return { examination, seen };
}

describe('a look at the effect of a fix', () => {
  it('reads logs and rates as far back as the fix and no further, so that what was complained of before is not held against it', async () => {
    const { examination, seen } = await examine(await prometheusWith(9), 40);
    expect(seen).toHaveLength(1);
    expect(seen[0]?.question.sinceSeconds).toBeGreaterThanOrEqual(40);
    expect(seen[0]?.question.sinceSeconds).toBeLessThan(60);
    expect(seen[0]?.windowSeconds).toBe(seen[0]?.question.sinceSeconds);
    expect(examination).toMatchObject({ symptoms: ['k8s.logs'], report: { checks: [{ id: 'k8s.logs', verdict: 'ok' }] } });
  });

  it('keeps rates to the last moments where the fix is longer ago, and logs since the fix', async () => {
    const { seen } = await examine(await prometheusWith(9), 3_000);
    expect(seen[0]?.windowSeconds).toBe(target.prometheus.recentWindowSeconds);
    expect(seen[0]?.question.sinceSeconds).toBeGreaterThanOrEqual(3_000);
  });

  it('waits for enough scrapes after the fix', async () => {
    const prometheus = await prometheusWith(3);
    expect(await examine(prometheus, 40)).toEqual({ examination: null, seen: [] });
    expect(prometheus.queries[0]).toMatch(/count_over_time\(up\{.*\}\[[45]\ds\]\)/);
    expect(await examine(await prometheusWith(9), 0)).toEqual({ examination: null, seen: [] });
  });

  it('waits for nothing where Prometheus cannot be asked: its own checks say so', async () => {
    const { examination } = await examine(await prometheusWith(9, 503), 40);
    expect(examination?.report.checks).toMatchObject([{ id: 'k8s.logs', verdict: 'ok' }]);
  });
});

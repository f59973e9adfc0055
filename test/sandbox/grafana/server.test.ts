import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DATASOURCE, type GrafanaStandIn, startGrafana } from '../../../sandbox/grafana/server.ts';

const prometheus = createServer((_, response) => response.end('{}'));
let url: string;
let grafana: GrafanaStandIn;

beforeAll(async () => {
  await new Promise<void>((resolve) => prometheus.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(prometheus.address() as AddressInfo).port}`;
  grafana = await startGrafana(url);
});
afterAll(() => {
  grafana.close();
  prometheus.close().closeAllConnections();
});

const health = async (token = grafana.token) => {
  const response = await fetch(`${grafana.url}/api/datasources/uid/${DATASOURCE}/health`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: response.status, body: await response.json() };
};

it('asks its data source, and says what came of it', async () => {
  expect(await health()).toMatchObject({ status: 200, body: { status: 'OK' } });
  grafana.setDatasource(DATASOURCE, 'http://127.0.0.1:1');
  expect(await health()).toMatchObject({ status: 400, body: { status: 'ERROR', message: expect.stringContaining('connection refused') } });
  grafana.setDatasource(DATASOURCE, undefined);
  expect(await health()).toMatchObject({ status: 404, body: { message: 'Data source not found' } });
  grafana.setDatasource(DATASOURCE, url);
  expect(await health('wrong')).toMatchObject({ status: 401 });
});

import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { answerJson, listenOnLoopback } from '../loopback.ts';

/** A Grafana, as far as its health and that of its data sources go. */
export interface GrafanaStandIn {
  readonly url: string;
  /** A token of a viewer. */
  readonly token: string;
  /** Edits the address of a data source, or deletes it with undefined. */
  setDatasource(uid: string, url: string | undefined): void;
  close(): void;
}

/** The uid of the data source that the team's dashboards read. */
export const DATASOURCE = 'prometheus-main';

const VERSION = '11.3.0';
const PROBE_TIMEOUT_MS = 3_000;
const HEALTH = /^\/api\/datasources\/uid\/([\w-]+)\/health$/;

/** Starts it on loopback with one data source. Answers as https://grafana.com/docs/grafana/latest/developers/http_api/ says. */
export async function startGrafana(prometheusUrl: string): Promise<GrafanaStandIn> {
  const token = `glsa_${randomBytes(24).toString('base64url')}`;
  const datasources = new Map([[DATASOURCE, prometheusUrl]]);
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://grafana');
    if (pathname === '/api/health') return answerJson(response, 200, { database: 'ok', version: VERSION, commit: '2a88694fd3' });
    if (request.headers.authorization !== `Bearer ${token}`) return answerJson(response, 401, { message: 'Invalid API key' });
    const uid = HEALTH.exec(pathname)?.[1];
    if (uid === undefined) return answerJson(response, 404, { message: 'Not found' });
    const url = datasources.get(uid);
    if (url === undefined) return answerJson(response, 404, { message: 'Data source not found' });
    const problem = await problemOf(url);
    if (problem === undefined) answerJson(response, 200, { message: 'Successfully queried the Prometheus API.', status: 'OK' });
    else answerJson(response, 400, { message: problem, status: 'ERROR' });
  });
  const { url, close } = await listenOnLoopback(server);
  return {
    url,
    token,
    setDatasource: (uid, url) => {
      if (url === undefined) datasources.delete(uid);
      else datasources.set(uid, url);
    },
    close,
  };
}

/** Asks the data source as the health check of Grafana's Prometheus plugin does; undefined: it answers. */
async function problemOf(url: string): Promise<string | undefined> {
  const asked = `${url}/api/v1/query`;
  try {
    const response = await fetch(`${asked}?query=1%2B1`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    return response.ok ? undefined : `${response.status} ${response.statusText} - There was an error returned querying the Prometheus API.`;
  } catch (error) {
    const reason =
      error instanceof Error && error.name === 'TimeoutError'
        ? 'context deadline exceeded'
        : `dial tcp ${new URL(url).host}: connect: connection refused`;
    return `Post "${asked}": ${reason} - There was an error returned querying the Prometheus API.`;
  }
}

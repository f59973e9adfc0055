import { setTimeout as delay } from 'node:timers/promises';
import type { Probe } from '../../clients/http-read.ts';
import { ReadError } from '../../clients/read-errors.ts';
import { curl } from '../rules/shell.ts';
import { defineSource } from '../types.ts';

const PROBES = 3;
const PAUSE_MS = 1_000;
const TIMEOUT_MS = 5_000;

interface HealthProbes {
  readonly path: string;
  readonly host: string;
  readonly probes: readonly Probe[];
}

/** Three GETs of the public health address, a second apart, without following redirects. Failed ones are evidence. */
export const healthProbes = defineSource<HealthProbes>({
  id: 'http.health',
  title: 'Public health address',
  permission: 'network access to the public address of the service',
  asked: ({ application }) =>
    curl(`-sS -m 5 -o /dev/null -w '%{http_code} %{time_total}s\\n' "$${application.baseUrlFrom ?? 'BASE_URL'}${application.healthPath}"`),
  async collect({ target, clients, diagnostics, signal }) {
    const path = target.application.healthPath;
    const { baseUrl } = clients.http;
    const probes: Probe[] = [];
    const perProbe = Math.min(TIMEOUT_MS, Math.floor((diagnostics.readTimeoutMs - PAUSE_MS * PROBES) / 1.2));
    const began = performance.now();
    while (probes.length < PROBES) {
      const left = diagnostics.readTimeoutMs - (performance.now() - began) - 200;
      if (probes.length > 0 && left < PAUSE_MS) break; // those that were made have used up the time: they say enough
      if (probes.length > 0) await delay(PAUSE_MS, undefined, { signal }).catch(cutOff);
      probes.push(await clients.http.probe(path, { timeoutMs: Math.max(200, Math.min(perProbe, left - PAUSE_MS)), signal }));
    }
    return { data: { path, host: baseUrl === undefined ? '' : new URL(baseUrl).host, probes }, complete: true };
  },
});

function cutOff(error: unknown): never {
  throw new ReadError('timeout', 'The probes were cut off.', { cause: error });
}

import type { MetricFamily, MetricSample } from '../metrics.ts';

/** How a connection to the hub ended, as ASP.NET Core names it. */
export type HubEnd = 'normal_closure' | 'timeout' | 'app_shutdown';

/** OpenTelemetry's bounds for connections, which last longer than requests. Seconds. */
const BOUNDS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];
const ENDS: readonly HubEnd[] = ['normal_closure', 'timeout', 'app_shutdown'];
const TRANSPORT = { signalr_transport: 'web_sockets' };
const DURATION = 'signalr_server_connection_duration_seconds';

/** WebSockets of one process: how many there are, and how long those lived that ended. */
export class SocketCounts {
  active = 0;
  upgraded = 0;
  readonly #ended = new Map(ENDS.map((end) => [end, { buckets: new Float64Array(BOUNDS.length), sum: 0, count: 0 }]));

  ended(how: HubEnd, seconds: number): void {
    const cell = this.#ended.get(how);
    if (cell === undefined) return;
    const index = BOUNDS.findIndex((bound) => seconds <= bound);
    if (index >= 0) cell.buckets[index] = (cell.buckets[index] ?? 0) + 1;
    cell.sum += seconds;
    cell.count++;
  }

  families(): readonly MetricFamily[] {
    const gauge = (name: string, help: string, labels: Readonly<Record<string, string>>, value: number): MetricFamily => ({
      name,
      type: 'gauge',
      help,
      samples: [{ name, labels, value }],
    });
    return [
      gauge('kestrel_upgraded_connections', 'Number of connections that are currently upgraded (WebSockets).', {}, this.upgraded),
      gauge('signalr_server_active_connections', 'Number of connections that are currently active on the server.', TRANSPORT, this.active),
      { name: DURATION, type: 'histogram', help: 'The duration of connections on the server.', samples: this.#durations() },
    ];
  }

  #durations(): readonly MetricSample[] {
    return [...this.#ended].flatMap(([end, { buckets, sum, count }]) => {
      const labels = { signalr_connection_status: end, ...TRANSPORT };
      let below = 0;
      const cumulative = BOUNDS.map((bound, index) => {
        below += buckets[index] ?? 0;
        return { name: `${DURATION}_bucket`, labels: { ...labels, le: String(bound) }, value: below };
      });
      return [
        ...cumulative,
        { name: `${DURATION}_bucket`, labels: { ...labels, le: '+Inf' }, value: count },
        { name: `${DURATION}_sum`, labels, value: sum },
        { name: `${DURATION}_count`, labels, value: count },
      ];
    });
  }
}

import type { PoolClient } from 'pg';
import type { Store } from './pool.ts';

const RECONNECT_MS = 1_000;

/** Calls `onNotify` for each NOTIFY on a channel, and after each gap in the connection. Reconnects until stopped. */
export function listen(store: Store, channel: string, onNotify: () => void): { stop(): Promise<void> } {
  let stopped = false;
  let client: PoolClient | undefined;
  let timer: NodeJS.Timeout | undefined;

  const connect = async (): Promise<void> => {
    const connection = await store.connect();
    const lost = (error?: Error) => {
      if (client !== connection) return;
      client = undefined;
      connection.removeAllListeners('notification');
      connection.release(error ?? true);
      retry();
    };
    client = connection;
    connection.once('error', lost);
    connection.once('end', () => lost());
    connection.on('notification', onNotify);
    await connection.query(`LISTEN ${channel}`).catch(lost);
    onNotify();
  };
  const retry = () => {
    if (stopped) return;
    timer = setTimeout(() => start(), RECONNECT_MS);
    timer.unref();
  };
  const start = () => void connect().catch(retry);
  start();

  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      const connection = client;
      client = undefined;
      connection?.removeAllListeners('notification');
      connection?.release(true);
    },
  };
}

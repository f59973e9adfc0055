import { z } from 'zod';
import { ReadError } from '../../clients/read-errors.ts';
import { json } from '../layout.ts';
import { defineCollector } from '../types.ts';

const Row = z.object({ version: z.string() });

/** Whether the database answers, in the words that troubleshoot's analysers read. What it says is among the evidence. */
export const postgres = defineCollector({
  id: 'postgres',
  title: 'The database',
  async *collect({ target, clients, signal }) {
    const path = `postgres/${target.name}.json`;
    try {
      const [row] = await clients.postgres.query("SELECT current_setting('server_version') AS version", signal);
      yield { path, content: json({ isConnected: true, version: Row.parse(row).version }) };
    } catch (error) {
      if (!(error instanceof ReadError)) throw error;
      yield { path, content: json({ isConnected: false, error: error.message }) };
    }
  },
});

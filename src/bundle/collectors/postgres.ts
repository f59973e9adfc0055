import { z } from 'zod';
import { ReadError } from '../../clients/read-errors.ts';
import { json } from '../layout.ts';
import { onceMore } from '../once-more.ts';
import { defineCollector } from '../types.ts';

const ASKED = "SELECT current_setting('server_version') AS version";
const Row = z.object({ version: z.string() });

/** Whether the database answers, in the words that troubleshoot's analysers read. What it says is among the evidence. */
export const postgres = defineCollector({
  id: 'postgres',
  title: 'The database',
  async *collect({ target, clients, signal }) {
    const path = `postgres/${target.name}.json`;
    try {
      const [row] = await onceMore(signal, () => clients.postgres.query(ASKED, signal));
      yield { path, content: json({ isConnected: true, version: Row.parse(row).version }) };
    } catch (error) {
      if (!(error instanceof ReadError)) throw error;
      yield { path, content: json({ isConnected: false, error: error.message }) };
    }
  },
});

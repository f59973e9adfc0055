import { Client } from 'pg';
import { z } from 'zod';

/** What there is to ask the service for. */
export interface Catalog {
  readonly executions: readonly string[];
  /** Executions whose job runs. */
  readonly running: readonly string[];
  readonly modules: readonly string[];
}

const Names = z.array(z.object({ name: z.string() }));

/** Reads a sample of names from a database of the service. */
export async function readCatalog(url: string): Promise<Catalog> {
  const client = new Client({ connectionString: url, application_name: 'sandbox-setup' });
  await client.connect();
  const names = async (sql: string): Promise<readonly string[]> => Names.parse((await client.query(sql)).rows).map((row) => row.name);
  try {
    return {
      executions: await names('SELECT execution_id AS name FROM deployments ORDER BY execution_id DESC LIMIT 2000'),
      running: await names("SELECT deployment_id AS name FROM deployment_jobs WHERE status = 'Running' ORDER BY deployment_id"),
      modules: await names('SELECT name FROM modules ORDER BY name'),
    };
  } finally {
    await client.end();
  }
}

import { Client } from 'pg';
import { z } from 'zod';
import { jobEffect, type Write } from './effects.ts';

/** The table of jobs of a service, in PostgreSQL, which counts what is written to it. */
export interface CountingJobs {
  readonly url: string;
  /** Every row that was changed, in the order in which that was committed. */
  writes(): Promise<readonly Write[]>;
}

/** How many orphaned jobs each lane has. */
const JOBS_OF_A_LANE = 500;
/** The job that a lane asks to end with a turn. No job is asked for twice. */
export const jobOf = (lane: number, turn: number): string => String(lane * JOBS_OF_A_LANE + (turn % JOBS_OF_A_LANE) + 1);

/** A write takes a while, as in the cluster. */
const SLOWEST_WRITE_SECONDS = 0.06;

const SCHEMA = `
CREATE TABLE deployment_jobs (
  id integer PRIMARY KEY, deployment_id text NOT NULL, status text NOT NULL, created_at timestamptz NOT NULL, started_at timestamptz,
  completed_at timestamptz, error_message text, retry_count integer NOT NULL, max_retries integer NOT NULL, next_retry_at timestamptz,
  locked_until timestamptz, processing_instance text);
CREATE TABLE writes (sequence bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL, job text NOT NULL);
CREATE FUNCTION count_write() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_sleep(random() * ${SLOWEST_WRITE_SECONDS});
  INSERT INTO writes (at, job) VALUES (clock_timestamp(), NEW.id);
  RETURN NEW;
END $$;
INSERT INTO deployment_jobs (id, deployment_id, status, created_at, started_at, retry_count, max_retries, locked_until, processing_instance)
SELECT id, 'deployment-' || id, 'Running', now() - interval '2 hours', now() - interval '2 hours', 0, 3, now() - interval '1 hour', 'pod-that-is-gone'
  FROM generate_series(1, $JOBS) id;
CREATE TRIGGER counted BEFORE UPDATE ON deployment_jobs FOR EACH ROW EXECUTE FUNCTION count_write();
`;

const Row = z.object({ at: z.date(), job: z.string() });

export async function createCountingJobs(url: string, lanes: number): Promise<CountingJobs> {
  await connected(url, (client) => client.query(SCHEMA.replace('$JOBS', String(lanes * JOBS_OF_A_LANE))));
  return {
    url,
    async writes() {
      const { rows } = await connected(url, (client) => client.query('SELECT at, job FROM writes ORDER BY sequence'));
      return rows.map((row) => {
        const { at, job } = Row.parse(row);
        return { at: at.getTime(), effect: jobEffect(job), taken: true };
      });
    },
  };
}

async function connected<Answer>(url: string, work: (client: Client) => Promise<Answer>): Promise<Answer> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

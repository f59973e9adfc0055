import { z } from 'zod';
import { psql } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';

const OVERVIEW = `
SELECT version() AS version, pg_database_size(current_database())::float8 AS bytes, d.numbackends AS sessions,
       d.xact_commit::float8 AS commits, d.xact_rollback::float8 AS rollbacks, d.deadlocks::float8 AS deadlocks,
       d.temp_files::float8 AS temp_files, 1.0 * d.blks_hit / NULLIF(d.blks_hit + d.blks_read, 0) AS cache_hit_ratio
  FROM pg_stat_database d WHERE d.datname = current_database()`;

const TABLES = `
SELECT s.schemaname || '.' || s.relname AS name, s.n_live_tup::float8 AS live_rows, s.n_dead_tup::float8 AS dead_rows,
       pg_total_relation_size(s.relid)::float8 AS bytes, s.seq_scan::float8 AS seq_scans, COALESCE(s.idx_scan, 0)::float8 AS idx_scans
  FROM pg_stat_user_tables s ORDER BY pg_total_relation_size(s.relid) DESC LIMIT 100`;

const EXTENSIONS = 'SELECT extname AS name, extversion AS version FROM pg_extension ORDER BY extname';

const Overview = z
  .array(
    z.object({
      version: z.string(),
      bytes: z.number(),
      sessions: z.number(),
      commits: z.number(),
      rollbacks: z.number(),
      deadlocks: z.number(),
      temp_files: z.number(),
      cache_hit_ratio: z.coerce.number().nullable(),
    }),
  )
  .length(1);
const Tables = z.array(
  z.object({
    name: z.string(),
    live_rows: z.number(),
    dead_rows: z.number(),
    bytes: z.number(),
    seq_scans: z.number(),
    idx_scans: z.number(),
  }),
);
const Extensions = z.array(z.object({ name: z.string(), version: z.string() }));

interface DatabaseOverview {
  readonly version: string;
  readonly bytes: number;
  readonly sessions: number;
  readonly commits: number;
  readonly rollbacks: number;
  readonly deadlocks: number;
  readonly temporaryFiles: number;
  readonly cacheHitRatio: number | null;
  readonly tables: readonly {
    readonly name: string;
    readonly liveRows: number;
    readonly deadRows: number;
    readonly bytes: number;
    readonly sequentialScans: number;
    readonly indexScans: number;
  }[];
  readonly extensions: readonly { readonly name: string; readonly version: string }[];
}

/** What psql's `\dt`, `\dx` and `SELECT version()` show, from the catalogue. */
export const databaseOverview = defineSource<DatabaseOverview>({
  id: 'pg.overview',
  title: 'Database at a glance',
  permission: 'GRANT CONNECT ON DATABASE to the role of the bot',
  asked: (target) => psql(target, OVERVIEW, TABLES, EXTENSIONS),
  async collect({ clients, signal }) {
    const [overview, tables, extensions] = await clients.postgres.queries([OVERVIEW, TABLES, EXTENSIONS], signal);
    const [row] = parseAnswer(Overview, overview, 'The overview of the database');
    if (row === undefined) throw new Error('a checked list of one row has none');
    return {
      complete: true,
      data: {
        version: row.version,
        bytes: row.bytes,
        sessions: row.sessions,
        commits: row.commits,
        rollbacks: row.rollbacks,
        deadlocks: row.deadlocks,
        temporaryFiles: row.temp_files,
        cacheHitRatio: row.cache_hit_ratio,
        tables: parseAnswer(Tables, tables, 'The list of tables').map((table) => ({
          name: table.name,
          liveRows: table.live_rows,
          deadRows: table.dead_rows,
          bytes: table.bytes,
          sequentialScans: table.seq_scans,
          indexScans: table.idx_scans,
        })),
        extensions: parseAnswer(Extensions, extensions, 'The list of extensions'),
      },
    };
  },
});

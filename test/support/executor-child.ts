import { pino } from 'pino';
import { z } from 'zod';
import { startFixProcess } from '../../src/bot/fix-process.ts';
import { Settings } from '../../src/config/settings.ts';
import { Policy } from '../../src/remediations/approvals/policy.ts';
import { examineLocks } from './fix-world.ts';

/** The executor as a process of its own, with a diagnosis that looks at locks alone. */
const options = z
  .object({
    settings: z.unknown(),
    policy: z.unknown(),
    storeUrl: z.string(),
    queue: z.object({ kind: z.enum(['postgres', 'redis']), url: z.string() }),
    endpoints: z.record(z.string(), z.string()),
    instance: z.string(),
    leaseSeconds: z.number(),
  })
  .parse(JSON.parse(process.env.EXECUTOR_OPTIONS ?? ''));

const policy = Policy.parse(options.policy);
const executor = await startFixProcess({
  settings: Settings.parse(options.settings),
  policy: { current: () => policy },
  storeUrl: options.storeUrl,
  queue: options.queue,
  kubeconfig: undefined,
  endpoint: (name) => (name === undefined ? undefined : options.endpoints[name]),
  secrets: [],
  instance: options.instance,
  log: pino({ level: process.env.EXECUTOR_LOG ?? 'silent' }, pino.destination(2)),
  leaseSeconds: options.leaseSeconds,
  async examine({ before }, reader, _store, signal) {
    const sql = "SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    const [row] = await reader.postgres.query(sql, signal);
    return examineLocks(before, z.object({ waiting: z.int() }).parse(row).waiting);
  },
});
process.on('SIGTERM', () => void executor.stop().then(() => process.exit(0)));
process.stdout.write('ready\n');

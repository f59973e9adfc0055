import { parseArgs } from 'node:util';
import { z } from 'zod';

export const usage = `npm run sandbox -- [options]

  --incident ID        start with this incident
  --seed N             names, sizes and onsets; printed at the start, so that a run can be had again
  --port N             port of the page (default: a free one)
  --slack-mode MODE    socket (default) or http
  --keep DIR           keep the state in DIR and use it again
  --dry-run            the bot plans and lets people approve, and carries nothing out
  --no-bot             the world alone, without the bot's processes
  --no-store           nor the bot's database: enough for the terminal twin
  --json-ready         print one line of JSON with all addresses when everything is up

Real systems instead of stand-ins:
  --kubeconfig FILE    a cluster, with --context bot and --fix-context bot-fix
  --prometheus URL     a Prometheus; its targets are served for http_sd at /world/targets of the page
  --database URL       PostgreSQL for the bot's store and queue
  --redis URL          Redis for the queue
`;

const Url = (...protocols: string[]) => z.url({ protocol: new RegExp(`^(${protocols.join('|')})$`) });

const Options = z
  .strictObject({
    incident: z.string().optional(),
    seed: z.coerce.number().int().min(0).max(0xffff_ffff).optional(),
    port: z.coerce.number().int().min(0).max(65_535).default(0),
    'slack-mode': z.enum(['socket', 'http']).default('socket'),
    keep: z.string().min(1).optional(),
    'dry-run': z.boolean().default(false),
    'no-bot': z.boolean().default(false),
    'no-store': z.boolean().default(false),
    'json-ready': z.boolean().default(false),
    kubeconfig: z.string().min(1).optional(),
    context: z.string().min(1).default('bot'),
    'fix-context': z.string().min(1).default('bot-fix'),
    prometheus: Url('https?').optional(),
    database: Url('postgres', 'postgresql').optional(),
    redis: Url('rediss?').optional(),
  })
  .refine((options) => !options['no-store'] || options['no-bot'], { path: ['no-store'], message: 'goes with --no-bot alone' })
  .readonly();

export type Options = z.output<typeof Options>;

/** The contexts of the kubeconfig that the bot uses; the stand-in's have fixed names. */
export function contextsOf(options: Options): { readonly read: string; readonly fix: string } {
  return options.kubeconfig === undefined ? { read: 'bot', fix: 'bot-fix' } : { read: options.context, fix: options['fix-context'] };
}

/** The command line is wrong; the message says how. */
export class UsageError extends Error {}

/** @throws UsageError naming the option that is wrong */
export function readOptions(argv: readonly string[]): Options | 'help' {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  let values: Record<string, unknown>;
  try {
    values = parseArgs({
      args: [...argv],
      options: {
        incident: text,
        seed: text,
        port: text,
        'slack-mode': text,
        keep: text,
        'dry-run': flag,
        'no-bot': flag,
        'no-store': flag,
        'json-ready': flag,
        kubeconfig: text,
        context: text,
        'fix-context': text,
        prometheus: text,
        database: text,
        redis: text,
        help: flag,
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const { help, ...rest } = values;
  if (help === true) return 'help';
  const parsed = Options.safeParse(rest);
  if (parsed.success) return parsed.data;
  throw new UsageError(parsed.error.issues.map((issue) => `--${issue.path.join('.')}: ${issue.message}`).join('\n'));
}

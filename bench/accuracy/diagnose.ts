import { spawn } from 'node:child_process';
import { z } from 'zod';
import { COMPILE_CACHE, PROJECT } from './sandbox-process.ts';

/** What the figures need of a report (docs/report.md). */
const Report = z.object({
  durationMs: z.number(),
  diagnoses: z.array(
    z.object({
      cause: z.string(),
      certainty: z.enum(['confirmed', 'likely', 'possible']),
      benign: z.boolean(),
      role: z.enum(['root', 'consequence']),
    }),
  ),
  checks: z.array(z.object({ id: z.string(), verdict: z.string() })),
});

export type Diagnosed = z.infer<typeof Report>;

const WITHIN_MS = 120_000;

/** What a person adds to the command. */
export interface Question {
  readonly executionId?: string | undefined;
  readonly pod?: string | undefined;
}

/** Runs `hotswap diagnose TOPIC production --json` as a person would in a terminal. */
export async function diagnose(
  environment: Readonly<Record<string, string>>,
  topic: string,
  { executionId, pod }: Question = {},
): Promise<Diagnosed> {
  const added = [...(executionId === undefined ? [] : ['--execution', executionId]), ...(pod === undefined ? [] : ['--pod', pod])];
  const child = spawn(process.execPath, ['bin/hotswap.mjs', 'diagnose', topic, 'production', '--json', ...added], {
    cwd: PROJECT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_COMPILE_CACHE: COMPILE_CACHE, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: WITHIN_MS,
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const parsed = Report.safeParse(parseJson(output));
  if (!parsed.success) throw new Error(`hotswap diagnose printed no report\n${errors.slice(-2_000)}`);
  return parsed.data;
}

function parseJson(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = '';
  for await (const chunk of stream) all += String(chunk);
  return all;
}

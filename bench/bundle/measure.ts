import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

const Made = z.object({
  seconds: z.number(),
  /** Of the second look at the archive, which comes then. */
  scanSeconds: z.number(),
  /** Until the archive was there; `peakMb` is until it was looked through as well. */
  madePeakMb: z.number(),
  peakMb: z.number(),
  findings: z.literal(0),
  logBytes: z.number(),
  archiveBytes: z.number(),
  missing: z.array(z.string()),
});
/** What one bundle took, in a process of its own. */
export type Made = z.infer<typeof Made>;

export interface StandIn {
  readonly address: string;
  readonly kubeconfig: string;
  /** Where what Node has compiled is kept, so that the first bundle finds none. */
  readonly compiled: string;
  close(): Promise<void>;
}

const run = promisify(execFile);
const STAND_IN = fileURLToPath(new URL('./cluster-process.ts', import.meta.url));
const PROCFILE = new URL('../../Procfile', import.meta.url);
const MAKE = fileURLToPath(new URL('./make.ts', import.meta.url));
/** As the worker and `hotswap bundle` do. */
const LEAN = ['--import', new URL('../../bin/lean.mjs', import.meta.url).href];

/** What the Procfile sets for the worker. */
async function workerVariables(): Promise<Record<string, string>> {
  const line = /^worker: (.*)npm run start:worker$/m.exec(await readFile(PROCFILE, 'utf8'))?.[1];
  if (line === undefined) throw new Error('the Procfile does not start the worker as expected');
  return Object.fromEntries([...line.matchAll(/(\w+)=(\S*)/g)].map(([, name = '', value = '']) => [name, value]));
}

export async function startStandIn(folder: string, size: { bytes: number; pods: number; latencyMs: number }): Promise<StandIn> {
  const words = ['--bytes', String(Math.round(size.bytes / size.pods)), '--pods', String(size.pods), '--latency', String(size.latencyMs)];
  const child = spawn(process.execPath, [STAND_IN, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const address = await firstLine(child);
  const kubeconfig = join(folder, 'kubeconfig');
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'bench', cluster: { server: address, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'bench', user: {} }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench', namespace: 'default' } }],
    'current-context': 'bench',
  };
  await writeFile(kubeconfig, JSON.stringify(document));
  return {
    address,
    kubeconfig,
    compiled: join(folder, 'compiled'),
    close: async () => {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
    },
  };
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the stand-in has no output');
  for await (const line of createInterface({ input: stdout })) return line;
  throw new Error('the stand-in ended before it listened');
}

export async function makeOne({ address, kubeconfig, compiled }: StandIn): Promise<Made> {
  const env = { ...process.env, ...(await workerVariables()), NODE_COMPILE_CACHE: compiled };
  const { stdout } = await run(process.execPath, [...LEAN, MAKE, '--address', address, '--kubeconfig', kubeconfig], { env });
  const made = Made.parse(JSON.parse(stdout));
  if (made.missing.length > 0) throw new Error(`the bundle lacks ${made.missing.join('; ')}`);
  return made;
}

/** The guide's four commands, one after the other. Returns seconds. */
export async function runGuide({ address, kubeconfig }: StandIn): Promise<number> {
  const kubectl = (...words: readonly string[]) => ['kubectl', '--kubeconfig', kubeconfig, ...words];
  return timed(async () => {
    for (const [tool = '', ...words] of [
      kubectl('logs', 'deployment/hotswap-api', '--tail=1000'),
      kubectl('describe', 'deployment', 'hotswap-api'),
      kubectl('get', 'events'),
      ['curl', '-sSf', `${address}/metrics`],
    ])
      await discard(tool, words);
  });
}

/** The longest log read alone and thrown away: no bundle can be there sooner. Returns seconds. */
export async function readLongestLog({ address }: StandIn): Promise<number> {
  const path = '/api/v1/namespaces/default/pods/hotswap-api-5d9c7b6f4-0/log';
  return timed(() => discard('curl', ['-sSf', `${address}${path}`]));
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
}

async function discard(tool: string, words: readonly string[]): Promise<void> {
  const child = spawn(tool, words, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${tool} ${words.join(' ')} ended with ${String(code)}`);
}

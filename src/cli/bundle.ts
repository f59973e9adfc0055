import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { bundleContents, loadCollectors } from '../bundle/contents.ts';
import { bundleRules } from '../bundle/rules.ts';
import { type Bundle, isNoRoom, makeBundle } from '../bundle/run.ts';
import { scanArchive } from '../bundle/scan.ts';
import { bundleFileName } from '../bundle/summary.ts';
import { createReadClients } from '../clients/read-clients.ts';
import { loadConfiguration } from '../config/environment.ts';
import { createLogger } from '../config/logger.ts';
import { findTarget } from '../config/settings.ts';
import { loadRegistry } from '../diagnostics/registry.ts';
import { readDuration } from '../handlers/command-flags.ts';
import { bundleDiffCommand } from './bundle-diff.ts';
import { type KnownIncident, NOBODY_NAMED_ONE, readIncident, UnknownIncident } from './bundle-incident.ts';
import type { Terminal } from './commands.ts';
import { diagnose } from './diagnose.ts';
import { BAD_USAGE } from './exit-code.ts';

export const BUNDLE_USAGE = [
  'Usage: npx hotswap bundle [TARGET] [--incident ID] [--out FILE] [--since 1h] [--symptom TEXT]',
  '       npx hotswap bundle diff FILE FILE: what changed from the first bundle to the second',
  '  collects logs, objects, metrics, the database\u2019s facts and a diagnosis into one archive, without secrets',
  '  --incident the incident whose report, approvals and fixes go into it, by its id or the link of a message in its',
  '             thread: needs STORE_DATABASE_URL',
  '  --out      the file; left out: hotswap-TARGET-TIME.tar.gz here',
  '  --since    how far back logs and rates go: 1m to 24h',
  '  --symptom  what is wrong, in your words',
  '',
  'Exit code: 0 the file is there; 1 it is not, because a second look found a secret or there is no room.',
  'Of diff: 0 both could be read; 1 one could not. 64 bad usage; 78 the configuration is not usable.',
].join('\n');

interface Asked {
  readonly target: string | undefined;
  readonly incident: string | undefined;
  readonly out: string | undefined;
  readonly sinceSeconds: number | undefined;
  readonly symptom: string;
}

class UsageError extends Error {}

/** Reads the words after `bundle`. @throws UsageError */
function parseWords(words: readonly string[]): Asked {
  const text = { type: 'string' } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: { incident: text, out: text, since: text, symptom: text },
      allowPositionals: true,
    });
    const { incident, out, since, symptom = '' } = values;
    const sinceSeconds = since === undefined ? undefined : readDuration(since);
    if (since !== undefined && sinceSeconds === undefined)
      throw new UsageError('--since needs a time from 1 minute to 24 hours, such as 30m.');
    if (positionals.length > 1) throw new UsageError(`"${positionals.slice(1).join(' ')}" is more than there is to say.`);
    return { target: positionals[0], incident, out, sinceSeconds, symptom };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** `npx hotswap bundle`: the support bundle as a file. Returns the exit code. */
export async function bundleCommand(words: readonly string[], terminal: Terminal): Promise<number> {
  if (words[0] === 'diff') return bundleDiffCommand(words.slice(1));
  try {
    return await bundleFor(parseWords(words), terminal);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof UnknownIncident)) throw error;
    process.stderr.write(`${error.message}\n\n${BUNDLE_USAGE}\n`);
    return BAD_USAGE;
  }
}

async function bundleFor(asked: Asked, terminal: Terminal): Promise<number> {
  const known = asked.incident === undefined ? NOBODY_NAMED_ONE : await readIncident(asked.incident, storeUrl());
  if (asked.target !== undefined && known.target !== null && asked.target !== known.target)
    throw new UsageError(`That incident is about ${known.target}, not about ${asked.target}.`);
  const name = asked.target ?? known.target ?? loadConfiguration({ names: [], access: 'none' }).settings.defaultTarget;
  const bundle = await collect(name, known, asked, terminal);
  try {
    return await keep(bundle, asked.out ?? bundleFileName(bundle.manifest), terminal.signal);
  } finally {
    await bundle.archive.close();
  }
}

const storeUrl = () => loadConfiguration({ names: ['STORE_DATABASE_URL'], access: 'none' }).variables.STORE_DATABASE_URL;

/** @throws UsageError where there is no such target */
async function collect(name: string, known: KnownIncident, asked: Asked, { version, signal, tell }: Terminal): Promise<Bundle> {
  const configuration = loadConfiguration({
    names: ['LOG_LEVEL', 'KUBECONFIG', 'GUIDE_URL', 'RUNBOOK_URL'],
    access: 'read',
    targets: [name],
  });
  const { settings, variables, endpoint, secrets } = configuration;
  const target = findTarget(settings, name);
  if (target === undefined) throw new UsageError(`There is no target "${name}". Targets: ${Object.keys(settings.targets).join(', ')}.`);
  const [registry, collectors] = await Promise.all([loadRegistry(), loadCollectors()]);
  const sinceSeconds = asked.sinceSeconds ?? settings.bundle.sinceSeconds;
  const clients = createReadClients({ target, kubeconfig: variables.KUBECONFIG, endpoint, timeoutMs: settings.bundle.readTimeoutMs });
  const question = { sinceSeconds };
  const fresh = () => diagnose({ topic: 'auto', target: name, question, registry, configuration, signal, tell: () => {} });
  try {
    return await makeBundle({
      ...bundleContents(collectors, registry, { ...known, report: async () => known.report ?? fresh() }),
      id: randomUUID(),
      target,
      clients,
      settings,
      now: new Date(),
      sinceSeconds,
      signal,
      rules: bundleRules(settings, target, secrets),
      botVersion: version,
      told: { symptom: asked.symptom, since: '', changes: '' },
      limits: settings.bundle,
      log: createLogger('hotswap', variables.LOG_LEVEL),
      onProgress: ({ title, state, files }) => {
        if (state !== 'begun') tell(`${title}: ${files} files${state === 'in-part' ? ', not all that was asked for' : ''}`);
      },
    });
  } finally {
    await clients.close();
  }
}

/** Looks through it once more with other rules, and only then gives it a name. */
async function keep({ archive, manifest }: Bundle, path: string, signal: AbortSignal): Promise<number> {
  const findings = await scanArchive(archive.readInPlace(), signal);
  if (findings.length > 0) {
    const places = findings.map(({ path: file, rule }) => `  ${file} (${rule})`).join('\n');
    process.stderr.write(
      `A second look found what may be a secret, so nothing was written:\n${places}\nAdd a rule to bundle.customSecrets.\n`,
    );
    return 1;
  }
  try {
    await pipeline(Readable.from(archive.read()), createWriteStream(path, { mode: 0o600 }), { signal });
  } catch (error) {
    await rm(path, { force: true });
    if (!isNoRoom(error)) throw error;
    process.stderr.write(`There is no room for ${path} (${archive.bytes} bytes).\n`);
    return 1;
  }
  const lacking = manifest.missing.map(({ what, reason }) => `  ${what}: ${reason}`);
  const summary = `${path}: ${manifest.files.length} files, ${archive.bytes} bytes, SHA-256 ${archive.sha256}`;
  process.stdout.write(`${[summary, ...(lacking.length === 0 ? [] : ['Not collected:', ...lacking])].join('\n')}\n`);
  return 0;
}

import { loadConfiguration } from '../config/environment.ts';
import { ConfigurationError } from '../config/errors.ts';
import { ownVersion } from '../config/version.ts';
import { loadRegistry } from '../diagnostics/registry.ts';
import type { Vocabulary } from '../handlers/command.ts';
import { parseArguments, usage } from './arguments.ts';
import { COMMANDS } from './commands.ts';
import { BAD_CONFIGURATION, BAD_USAGE, exitCode, INTERRUPTED } from './exit-code.ts';
import { renderTerminalReport } from './terminal-report.ts';

/** The terminal twin of /hotswap: works when Slack, the queue and the store are down. */
async function main(words: readonly string[]): Promise<number> {
  const command = await COMMANDS.find(({ name }) => name === words[0])?.load();
  if (command !== undefined) {
    if (words.includes('--help') || words.includes('-h')) return say(command.usage);
    return command.run(words.slice(1), { version: ownVersion(), signal: interrupted(), tell });
  }
  const registry = await loadRegistry();
  const vocabulary: Vocabulary = {
    verbs: [],
    topics: [...registry.topics.values()],
    shows: [...registry.shows.values()],
    ...readTargets(words),
  };
  const asked = parseArguments(words, vocabulary);
  switch (asked.kind) {
    case 'help':
      return say(usage(vocabulary));
    case 'version':
      return say(ownVersion());
    case 'bad-usage':
      process.stderr.write(`${asked.problem}\n\n${usage(vocabulary)}\n`);
      return BAD_USAGE;
    case 'diagnose': {
      const configuration = loadConfiguration({
        names: ['LOG_LEVEL', 'KUBECONFIG', 'GUIDE_URL', 'RUNBOOK_URL'],
        access: 'read',
        targets: [asked.target],
      });
      const { diagnose } = await import('./diagnose.ts'); // reads the clients' sources, which help does without
      const report = await diagnose({ ...asked, registry, configuration, signal: interrupted(), tell });
      process.stdout.write(asked.json ? `${JSON.stringify(report, null, 2)}\n` : renderTerminalReport(report));
      return exitCode(report);
    }
  }
}

/** The targets of the configuration; none where it cannot be read, so that help works without it. */
function readTargets(words: readonly string[]): Pick<Vocabulary, 'targets' | 'defaultTarget'> {
  try {
    const { settings } = loadConfiguration({ names: [], access: 'none' });
    return { targets: Object.keys(settings.targets), defaultTarget: settings.defaultTarget };
  } catch (error) {
    const informs = words.length === 0 || words.includes('--help') || words.includes('--version');
    if (error instanceof ConfigurationError && informs) return { targets: [], defaultTarget: '' };
    throw error;
  }
}

/** Progress goes to a person's terminal alone: scripts read the report. */
function tell(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`  ${line}\n`);
}

function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

class InterruptedError extends Error {}

function interrupted(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort(new InterruptedError()));
  return controller.signal;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    if (error instanceof InterruptedError) process.exit(INTERRUPTED);
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof ConfigurationError ? BAD_CONFIGURATION : 70;
  },
);

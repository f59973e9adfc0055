import type { MissingReason } from './report.ts';
import type { Source } from './types.ts';

/** What would let the bot read a source, for each reason that it could not. */
export function mendOf(source: Source<unknown>, reason: MissingReason): string {
  switch (reason) {
    case 'forbidden':
      return `Grant: ${source.permission}`;
    case 'not-found':
      return 'Check the names of the target in config/hotswap.yaml.';
    case 'not-served':
      return 'The far side does not offer it: install or enable it.';
    case 'timeout':
      return 'See whether the far side is overloaded; diagnostics.readTimeoutMs in config/hotswap.yaml is how long the bot waits.';
    case 'unreachable':
      return 'See whether it is up, and whether the network lets the bot reach it.';
    case 'invalid-response':
      return 'See whether the configured address is the right one, and of a version that the bot knows.';
    case 'not-configured':
      return 'Configure it in config/hotswap.yaml.';
    case 'crashed':
      return 'Run again; if it stays, report it with the log of the worker.';
  }
}

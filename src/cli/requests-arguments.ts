import { parseArgs } from 'node:util';
import { nearest } from '../handlers/command.ts';

/** What was typed after `hotswap requests`. */
export type RequestsArguments =
  | { readonly kind: 'list' }
  | { readonly kind: 'help' }
  | { readonly kind: 'show'; readonly id: string }
  | {
      readonly kind: 'decide';
      readonly decision: 'approve' | 'reject';
      readonly id: string;
      readonly person: string;
      readonly key: string;
      readonly reason: string;
    }
  | { readonly kind: 'bad-usage'; readonly problem: string };

const VERBS = ['list', 'show', 'approve', 'reject', 'help'];

export const REQUESTS_USAGE = [
  'Usage: npx hotswap requests [list]',
  '       npx hotswap requests show ID',
  '       npx hotswap requests approve ID --person NAME --key FILE [--reason TEXT]',
  '       npx hotswap requests reject  ID --person NAME --key FILE --reason TEXT',
  '  ID         of a request, or its beginning (6 characters at least)',
  '  --person   your name in the policy, under "people"',
  '  --key      your private SSH key, or the .pub file of one that your agent holds',
  '  --reason   why; a rejection needs one, except of your own request',
  '',
  'Needs STORE_DATABASE_URL and the policy (HOTSWAP_POLICY), and an executor that runs: it checks the signature before it counts.',
  'Exit code: 0 done or counted; 1 refused; 2 the bot’s database does not answer; 3 nobody has looked at it yet.',
  '64 bad usage; 78 the configuration is not usable.',
].join('\n');

/** Reads the words. Total. */
export function parseRequestsArguments(words: readonly string[]): RequestsArguments {
  const parsed = read(words);
  if (typeof parsed === 'string') return bad(parsed);
  const { positionals, values } = parsed;
  const [verb = 'list', id, ...surplus] = positionals;
  if (values.help === true || verb === 'help') return { kind: 'help' };
  if (!VERBS.includes(verb)) {
    const near = nearest(verb, VERBS);
    return bad(`There is no "requests ${verb}".${near === undefined ? '' : ` Did you mean "requests ${near}"?`}`);
  }
  const extra = verb === 'list' ? id : surplus[0];
  if (extra !== undefined) return bad(`"${extra}" is more than I understand.`);
  if (verb === 'list') return { kind: 'list' };
  if (id === undefined) return bad(`"requests ${verb}" needs the ID of a request, as "requests list" shows it.`);
  if (verb === 'show') return { kind: 'show', id };
  const { person, key, reason = '' } = values;
  if (person === undefined || person === '') return bad('--person is missing: your name in the policy.');
  if (key === undefined || key === '') return bad('--key is missing: the file of your SSH key. No key, no decision.');
  if (reason.length > 300) return bad('--reason takes at most 300 characters.');
  return { kind: 'decide', decision: verb === 'approve' ? 'approve' : 'reject', id, person, key, reason: reason.trim() };
}

function read(words: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = { person: text, key: text, reason: text, help: { type: 'boolean', short: 'h' } } as const;
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
  } catch (error) {
    return error instanceof Error ? error.message : 'The words cannot be read.';
  }
}

function bad(problem: string): RequestsArguments {
  return { kind: 'bad-usage', problem };
}

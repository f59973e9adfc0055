import { auditLine, historyLine } from '../slack/render/audit.ts';
import { type AuditQuery, searchAudit } from '../store/audit.ts';
import { listHistory } from '../store/requests.ts';
import { withinAnswerTime } from './bounded.ts';
import { Refusal } from './refusal.ts';
import { readSince, SINCE_EXAMPLES } from './since.ts';
import type { Verb } from './verb.ts';
import { echo } from './words.ts';

/** Lines of one answer; a terminal has all of them. */
const MOST = 15;

/** The newest entries of the audit trail, for whoever asks alone. */
export const auditVerb: Verb = {
  name: 'audit',
  usage: '/hotswap audit [request|member id|me] [--since 2h]',
  purpose: 'who did what: the newest entries of the audit trail',
  async answer(words, { user }, context) {
    const query = readQuery(words, user, context.now());
    const rows = await withinAnswerTime(searchAudit(context.store, query, MOST + 1), context);
    if (rows.length === 0) return words.length === 0 ? 'The audit trail is still empty.' : 'The audit trail has nothing of that.';
    const more = rows.length > MOST ? [`The newest ${MOST}. All of it: \`npx hotswap audit export\``] : [];
    return [...rows.slice(0, MOST).map(auditLine), ...more].join('\n');
  },
};

/** The newest requests and what came of them, for whoever asks alone. */
export const historyVerb: Verb = {
  name: 'history',
  usage: '/hotswap history [target]',
  purpose: 'the newest fixes: who asked, who approved, what ran, what came of it',
  async answer(words, _asked, context) {
    const { store, settings } = context;
    const [target, ...surplus] = words.map((word) => word.toLowerCase());
    const targets = Object.keys(settings.targets);
    if (surplus.length > 0 || (target !== undefined && !targets.includes(target)))
      throw new Refusal(`There is no such target. Targets: ${targets.map((name) => `\`${name}\``).join(', ')}.`);
    const records = await withinAnswerTime(listHistory(store, target ?? null, MOST), context);
    return records.length === 0 ? 'No fix was asked for yet.' : records.map(historyLine).join('\n');
  },
};

const PERSON = /^<?@?([UW][A-Z0-9]+)(?:\|[^>]*)?>?$/;
const REQUEST = /^[0-9a-f][0-9a-f-]{3,35}$/;

function readQuery(words: readonly string[], asker: string, now: Date): AuditQuery {
  let query: AuditQuery = {};
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--since' || word.startsWith('--since=')) {
      const since = readSince(word === '--since' ? (words[++index] ?? '') : word.slice('--since='.length), now);
      if (since === undefined) throw new Refusal(`\`--since\` needs a time, such as ${SINCE_EXAMPLES}.`);
      query = { ...query, since };
      continue;
    }
    const person = word.toLowerCase() === 'me' ? asker : PERSON.exec(word)?.[1];
    if (person !== undefined) query = { ...query, person };
    else if (REQUEST.test(word)) query = { ...query, request: word };
    else throw new Refusal(unknownText(word));
  }
  return query;
}

/** Slack hands a name over as it was typed, and names are neither unique nor for good: only an id says who is meant. */
function unknownText(word: string): string {
  const shown = `\`${echo(word)}\``;
  if (word.startsWith('@'))
    return `Slack does not tell me who ${shown} is. Type the member id instead: open the profile, press ⋮, then *Copy member ID*. For yourself: \`/hotswap audit me\`.`;
  return `I do not know ${shown}. I take the id of a request (or how it begins), a member id such as \`U0123456789\`, or \`me\`.`;
}

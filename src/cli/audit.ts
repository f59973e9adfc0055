import { createWriteStream } from 'node:fs';
import { userInfo } from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { loadConfiguration } from '../config/environment.ts';
import { readSince, SINCE_EXAMPLES } from '../handlers/since.ts';
import { appendAudit, readAudit } from '../store/audit.ts';
import { type ChainVerdict, verifyAuditChain } from '../store/audit-chain.ts';
import { openStore, type Store, transaction } from '../store/pool.ts';
import { storeTrouble } from '../store/trouble.ts';
import { BAD_USAGE, STORE_SILENT } from './exit-code.ts';

export const AUDIT_USAGE = [
  'Usage: npx hotswap audit verify [--anchor HASH]…',
  '       npx hotswap audit export [--since 7d] [--out FILE]',
  '  verify     recomputes the chain of the audit trail; each anchor (posted daily to the channel and the log) must be in it',
  '  export     the trail as JSON lines, oldest first, to FILE or to the standard output; that it was exported becomes part of it',
  `  --since    ${SINCE_EXAMPLES}`,
  '',
  'Exit code: 0 nothing was changed; 1 something was, or an anchor is missing; 2 the trail could not be read.',
  '64 bad usage; 78 the configuration is not usable.',
].join('\n');

type Asked =
  | { readonly kind: 'verify'; readonly anchors: readonly string[] }
  | { readonly kind: 'export'; readonly since: Date | undefined; readonly out: string | undefined }
  | { readonly kind: 'bad-usage'; readonly problem: string };

/** Reads the words after `audit`. Total. */
export function parseAudit(words: readonly string[], now: Date): Asked {
  const [what, ...rest] = words;
  if (what !== 'verify' && what !== 'export') return { kind: 'bad-usage', problem: 'Say "audit verify" or "audit export".' };
  const text = { type: 'string' } as const;
  try {
    if (what === 'verify') {
      const { anchor = [] } = parseArgs({ args: [...rest], options: { anchor: { ...text, multiple: true } } }).values;
      const wrong = anchor.find((hash) => !/^[0-9a-f]{64}$/.test(hash));
      return wrong === undefined
        ? { kind: 'verify', anchors: anchor }
        : { kind: 'bad-usage', problem: `"${wrong}" is no anchor: 64 hexadecimal digits.` };
    }
    const { since, out } = parseArgs({ args: [...rest], options: { since: text, out: text } }).values;
    const from = since === undefined ? undefined : readSince(since, now);
    if (since !== undefined && from === undefined)
      return { kind: 'bad-usage', problem: `--since needs a time, such as ${SINCE_EXAMPLES}.` };
    return { kind: 'export', since: from, out };
  } catch (error) {
    return { kind: 'bad-usage', problem: error instanceof Error ? error.message : 'bad usage' };
  }
}

/** `npx hotswap audit …`. Returns the exit code. */
export async function auditCommand(words: readonly string[]): Promise<number> {
  const asked = parseAudit(words, new Date());
  if (asked.kind === 'bad-usage') {
    process.stderr.write(`${asked.problem}\n\n${AUDIT_USAGE}\n`);
    return BAD_USAGE;
  }
  const { variables } = loadConfiguration({ names: ['STORE_DATABASE_URL'], access: 'none' });
  const store = openStore({
    url: variables.STORE_DATABASE_URL,
    application: 'hotswap-audit',
    maxConnections: 2,
    connectWithinMs: 5_000,
    onError: () => {},
  });
  try {
    if (asked.kind === 'export') return await exportTrail(store, asked);
    const verdict = await verifyAuditChain(store, asked.anchors);
    process.stdout.write(`${verdictText(verdict, asked.anchors.length)}\n`);
    return verdict.fault === null && verdict.missingAnchors.length === 0 ? 0 : 1;
  } catch (error) {
    const reason = storeTrouble(error) ?? (error instanceof Error ? error.message : String(error));
    process.stderr.write(`The audit trail could not be read: ${reason}\n`);
    return STORE_SILENT;
  } finally {
    await store.end();
  }
}

/** What was found, for people. */
export function verdictText({ rows, first, head, fault, missingAnchors }: ChainVerdict, anchors: number): string {
  if (fault !== null) {
    const side = first !== null && first > fault.sequence ? 'after' : 'before';
    return `NOT INTACT at entry ${fault.sequence}: ${fault.reason}. Entries ${side} it that are in order: ${rows}.`;
  }
  const begins = first === null || first === 1 ? '' : `, from entry ${first} on (retention removed the older ones, and says so)`;
  const chain = head === null ? 'The audit trail is empty.' : `Intact: ${rows} entries${begins}. Head: ${head.hash}`;
  if (missingAnchors.length > 0)
    return `NOT INTACT: no entry has the hash ${missingAnchors.join(', ')}. The end was cut off, the trail was written anew, or retention removed that entry. The ${rows} entries that are there fit together.`;
  return anchors === 0
    ? `${chain}\nThat nothing was cut off at its end only an anchor can show: --anchor HASH`
    : `${chain}\nEach anchor is in it.`;
}

async function exportTrail(store: Store, { since, out }: Extract<Asked, { kind: 'export' }>): Promise<number> {
  const details = { since: since?.toISOString() ?? null, file: out ?? 'standard output' };
  const actor = `terminal:${userInfo().username}`;
  await transaction(store, (db) =>
    appendAudit(db, { at: new Date(), event: 'exported', actor, requestId: null, target: null, fingerprint: null, details }),
  );
  await pipeline(Readable.from(lines(store, since)), out === undefined ? process.stdout : createWriteStream(out, { mode: 0o600 }), {
    end: out !== undefined,
  });
  return 0;
}

const BATCH = 500;

async function* lines(store: Store, since: Date | undefined): AsyncGenerator<string> {
  let after = 0;
  for (;;) {
    const rows = await readAudit(store, after, BATCH);
    for (const row of rows) if (since === undefined || Date.parse(row.at) >= since.getTime()) yield `${JSON.stringify(row)}\n`;
    const last = rows.at(-1);
    if (last === undefined || rows.length < BATCH) return;
    after = last.sequence;
  }
}

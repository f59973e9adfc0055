import { type ServerState, vaultHealth } from '../evidence/vault-health.ts';
import { vaultMount } from '../evidence/vault-mount.ts';
import { type SealOfServer, vaultSeal } from '../evidence/vault-seal.ts';
import { vaultSecret } from '../evidence/vault-secret.ts';
import { vaultToken } from '../evidence/vault-token.ts';
import type { Table } from '../report.ts';
import { secondsSince } from '../rules/moments.ts';
import { seconds } from '../rules/phrases.ts';
import { defineShow, type SeenOf } from '../show.ts';
import type { JudgeContext } from '../types.ts';

const needs = { vaultSeal, vaultHealth, vaultMount, vaultSecret, vaultToken };

export const showVault = defineShow({
  id: 'show.vault',
  title: 'Vault',
  aliases: ['vault', 'secret', 'seal'],
  needs,
  tables(seen, context) {
    if (context.target.vault === undefined)
      return [{ title: 'Vault', columns: ['server'], rows: [], note: 'No Vault is configured for this target.' }];
    return [...servers(seen), ...secret(seen, context), ...token(seen)];
  },
});

type Seen = SeenOf<typeof needs>;

const STATES: Readonly<Record<ServerState, string>> = {
  active: 'active',
  standby: 'standby',
  lost: 'STANDBY WITHOUT ACTIVE',
  secondary: 'disaster-recovery secondary',
  uninitialized: 'NOT INITIALIZED',
  sealed: 'SEALED',
  removed: 'REMOVED FROM THE CLUSTER',
  unknown: 'not known',
  silent: 'NO ANSWER',
};

function servers({ vaultSeal: seals, vaultHealth: states }: Seen): Table[] {
  const addresses = new Set([...(seals ?? []), ...(states ?? [])].map(({ address }) => address));
  if (addresses.size === 0) return [];
  const rows = [...addresses].map((address) => {
    const seal = seals?.find((one) => one.address === address);
    const health = states?.find((one) => one.address === address);
    const state = health === undefined ? '?' : STATES[health.state];
    const code = health?.status ?? null;
    const head = [address, code === null ? state : `${state} (${code})`];
    if (seal === undefined) return [...head, '?', '?', '?', '?'];
    if (!seal.answered) return [...head, '?', '?', '?', '?'];
    return [...head, sealWord(seal), seal.type, unsealing(seal), seal.version];
  });
  const silent = (seals ?? []).flatMap((seal) => (seal.answered ? [] : `${seal.address}: ${seal.message}`));
  const note = silent.length === 0 ? null : silent.join(' ');
  return [{ title: 'Servers', columns: ['server', 'state', 'seal', 'kind of seal', 'to unseal', 'version'], rows, note }];
}

const sealWord = ({ initialized, sealed }: SealOfServer) => (initialized ? (sealed ? 'SEALED' : 'unsealed') : 'NOT INITIALIZED');

/** Where a key service unseals, the shares are those of recovery keys, which cannot. */
function unsealing({ type, threshold, shares, sealed, progress }: SealOfServer): string {
  if (type !== 'shamir') return 'by itself, through its key service';
  return `${threshold} of ${shares} shares${sealed ? `, ${progress} given` : ''}`;
}

function secret({ vaultSecret: found, vaultMount: mount }: Seen, { target, now }: JudgeContext): Table[] {
  const { mount: place, path } = target.vault ?? { mount: '', path: '' };
  const kind =
    mount === undefined || mount === null
      ? []
      : [['engine', mount.version === null ? mount.type : `${mount.type} version ${mount.version}`]];
  const moment = (at: Date | null, none: string) =>
    at === null ? none : `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC (${whenOf(at, now)})`;
  const known =
    found === undefined || found === null
      ? []
      : [
          ['state', found.state === 'present' ? 'present' : found.state.toUpperCase()],
          ['current version', String(found.version ?? 'not known')],
          ['updated', moment(found.updatedAt, 'not known')],
          ['deleted', moment(found.deletedAt, 'no')],
          ...(found.lastGoodVersion === null ? [] : [['newest version that has its value', String(found.lastGoodVersion)]]),
          ['to be rotated every', found.rotationDays === null ? 'not said' : `${found.rotationDays} days`],
        ];
  const rows = [...kind, ...known];
  if (rows.length === 0) return [];
  return [{ title: `Signing key ${place}/${path}`, columns: ['what', 'value'], rows, note: 'Metadata only: its value is never read.' }];
}

/** A deletion can be announced for a time to come. */
function whenOf(at: Date, now: Date): string {
  const ago = secondsSince(at, now) ?? 0;
  return at.getTime() > now.getTime() ? `in ${span((at.getTime() - now.getTime()) / 1_000)}` : `${span(ago)} ago`;
}

const DAY_SECONDS = 86_400;
const span = (value: number) => (value < 2 * DAY_SECONDS ? seconds(value) : `${Math.round(value / DAY_SECONDS)} days`);

function token({ vaultToken: own }: Seen): Table[] {
  if (own === undefined || own === null) return [];
  const rows = [
    ['time left', own.ttlSeconds === null ? 'it does not end' : span(own.ttlSeconds)],
    ['renewable', own.renewable ? 'yes' : 'no'],
    ['policies', own.policies.join(', ')],
  ];
  return [{ title: "The bot's own token", columns: ['what', 'value'], rows, note: "It says nothing about the application's token." }];
}

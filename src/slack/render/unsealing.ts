import type { KnownBlock } from '@slack/types';
import type { Unsealing, WatchedServer } from '../../store/unsealings.ts';
import { capped, context, preformatted, section } from './blocks.ts';
import type { RenderedMessage } from './report.ts';
import { duration, escapeShort, slackTime } from './text.ts';

const MOST_SERVERS = 20;

/**
 * The unsealing of a Vault, as people do it: which servers are sealed, how many shares each has and still needs, and what holders
 * of shares run. The bot offers no way to give a share, and asks for none.
 */
export function renderUnsealing(unsealing: Unsealing): RenderedMessage {
  const { state, servers } = unsealing;
  const headline = headlineOf(unsealing);
  const blocks: KnownBlock[] = [
    section(`${MARKS[state]} *${headline}*`),
    section(capped(servers, MOST_SERVERS, serverLine, '').join('\n')),
  ];
  if (state === 'unsealed') blocks.push(section(AFTERWARDS));
  else blocks.push(...instructions(servers.filter(isSealed)));
  if (state === 'watching')
    blocks.push(
      context(`This message follows what each server says of its seal, until all are unsealed or ${slackTime(unsealing.deadlineAt)}.`),
    );
  return { text: `${headline}.`, blocks };
}

const MARKS: Readonly<Record<Unsealing['state'], string>> = {
  watching: ':lock:',
  unsealed: ':unlock:',
  'given-up': ':warning:',
};

const AFTERWARDS =
  'Pods that crash start again by themselves within 5 min. Restart nothing; `/hotswap diagnose vault` says whether all is well.';
const NEVER =
  '*Never paste a key share into Slack, into a ticket or to me.* I unseal nothing and take no shares; one that was posted must be treated as leaked.';

function headlineOf({ state, target, servers, beganAt, endedAt }: Unsealing): string {
  const name = escapeShort(target, 80);
  const sealed = servers.filter(isSealed);
  const took = duration((endedAt ?? beganAt).getTime() - beganAt.getTime());
  if (state === 'unsealed')
    return `Vault of ${name} is unsealed: ${servers.length === 1 ? 'its server' : `all ${servers.length} servers`}, after ${took}`;
  const silent = servers.filter(({ answers }) => !answers).length;
  const notAnswering = silent === 0 ? '' : `, and ${silent} ${silent === 1 ? 'does' : 'do'} not answer`;
  const where = `${sealed.length} of ${servers.length} servers of Vault of ${name} ${sealed.length === 1 ? 'is' : 'are'} sealed${notAnswering}`;
  return state === 'watching' ? where : `I stopped looking after ${took}: ${where}. \`/hotswap diagnose vault\` begins anew`;
}

function serverLine(server: WatchedServer): string {
  const address = escapeShort(server.address, 200);
  return `• ${address}: ${stateOf(server)}${server.answers ? '' : ' (does not answer now)'}`;
}

function stateOf(server: WatchedServer): string {
  const { initialized, sealed, type, threshold, shares, progress } = server;
  if (!initialized) return '*not initialised*, so that there is nothing to unseal: its storage is empty';
  if (!sealed) return 'unsealed';
  if (!isShamir(server)) return `*sealed*; it unseals by itself through ${escapeShort(type, 40)}, and cannot`;
  if (threshold === 0) return 'nothing is known of it';
  const left = threshold - progress;
  return `*sealed*: ${progress} of the ${threshold} key shares that it needs (there are ${shares}), ${left} to go`;
}

function instructions(sealed: readonly WatchedServer[]): KnownBlock[] {
  const byShares = sealed.filter((server) => server.initialized && isShamir(server));
  const byService = sealed.filter((server) => server.initialized && !isShamir(server));
  const blocks: KnownBlock[] = [];
  if (byShares.length > 0)
    blocks.push(
      section(
        'Holders of key shares: run this on a machine of your own, once for each share and server. It asks for the share, which does not belong on the command line:',
      ),
      preformatted(
        byShares
          .slice(0, MOST_SERVERS)
          .map(({ address }) => `vault operator unseal -address=${address}`)
          .join('\n'),
      ),
      section(NEVER),
    );
  if (byService.length > 0) blocks.push(section(byServiceText(byService)));
  return blocks;
}

function byServiceText(servers: readonly WatchedServer[]): string {
  const services = [...new Set(servers.map(({ type }) => escapeShort(type, 40)))].join(', ');
  return `With ${services} there are *no unseal keys*, and recovery keys cannot unseal: do not look for any. See why Vault cannot use its key there (is it enabled, may Vault's identity decrypt with it, does the network reach it?), then restart each sealed server.`;
}

/** Of a server that never answered nobody knows. */
const isSealed = ({ initialized, sealed, threshold, answers }: WatchedServer) => (sealed || !initialized) && (answers || threshold > 0);
const isShamir = ({ type }: WatchedServer) => type === 'shamir';

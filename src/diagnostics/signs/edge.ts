import { netTls } from '../checks/net.tls.ts';
import { decide, no, rule } from '../rules/rule.ts';
import type { ConclusionContext, FactsOf } from '../types.ts';

type Address = FactsOf<typeof netTls>['addresses'][number];

/** Problems of an address for which every client that checks refuses to go on. */
const REFUSED: ReadonlySet<string> = new Set(['expired', 'not-yet-valid', 'wrong-name', 'untrusted']);

export const isRefused = ({ problem }: Pick<Address, 'problem'>): boolean => REFUSED.has(problem);

const addressFor = (use: 'service' | 'hub', addresses: readonly Address[]): Address | undefined =>
  addresses.find(({ uses }) => uses.split(' and ').includes(use));

/** The address that clients use for the service, or for its hub. */
export const addressOf = (use: 'service' | 'hub', context: ConclusionContext): Address | undefined =>
  addressFor(use, context.facts(netTls)?.addresses ?? []);

/** Whether clients refuse the address of the service, or of its hub, for its certificate; `orName` as well where its name leads nowhere. */
export const addressIsRefused = (use: 'service' | 'hub', { orName = false }: { readonly orName?: boolean } = {}) =>
  rule({ tls: netTls }, ({ tls: { addresses } }) => {
    const address = addressFor(use, addresses);
    if (address === undefined) return no(`The ${use} has no public address that is known.`);
    const { host, problem, text } = address;
    return decide(
      isRefused(address) || (orName && problem === 'dns'),
      `${host}: ${text}.`,
      `Nobody refuses ${host} for its certificate: ${text}.`,
    );
  });

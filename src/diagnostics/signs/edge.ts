import { netTls } from '../checks/net.tls.ts';
import { decide, no, rule } from '../rules/rule.ts';

/** Problems of an address for which every client that checks refuses to go on. */
const REFUSED: ReadonlySet<string> = new Set(['expired', 'not-yet-valid', 'wrong-name', 'untrusted']);

/** Whether clients refuse the address of the service, or of its hub, for its certificate; `orName` as well where its name leads nowhere. */
export const addressIsRefused = (use: 'service' | 'hub', { orName = false }: { readonly orName?: boolean } = {}) =>
  rule({ tls: netTls }, ({ tls: { addresses } }) => {
    const address = addresses.find(({ uses }) => uses.split(' and ').includes(use));
    if (address === undefined) return no(`The ${use} has no public address that is known.`);
    const { host, problem, text } = address;
    return decide(
      REFUSED.has(problem) || (orName && problem === 'dns'),
      `${host}: ${text}.`,
      `Nobody refuses ${host} for its certificate: ${text}.`,
    );
  });

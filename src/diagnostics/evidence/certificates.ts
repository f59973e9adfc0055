import { ReadError } from '../../clients/read-errors.ts';
import type { Certificate, TlsAnswer } from '../../clients/tls-read.ts';
import { hubVariable } from '../rules/hub.ts';
import { curl } from '../rules/shell.ts';
import { defineSource } from '../types.ts';

export type { Certificate, TlsAnswer };

/** What is reached at an address. */
type AddressUse = 'service' | 'hub';

export interface PublicAddress {
  readonly uses: readonly AddressUse[];
  /** Null: it is plain http, and has no certificate. */
  readonly tls: TlsAnswer | null;
}

const TIMEOUT_MS = 5_000;

/** The certificates of the public addresses: of the service, and of its hub where that has its own. */
export const certificates = defineSource<readonly PublicAddress[]>({
  id: 'net.tls',
  title: 'Certificates',
  permission: 'network access to the public addresses of the service',
  asked: (target) => {
    const [first = '', ...others] = new Set([target.application.baseUrlFrom ?? 'BASE_URL', hubVariable(target)]);
    const look = (variable: string) => `-sSvk -m 5 -o /dev/null "$${variable}" 2>&1 | grep -E 'subject|issuer|date|verify'`;
    return curl([look(first), ...others.map((variable) => `curl ${look(variable)}`)].join('\n'));
  },
  async collect({ clients, signal }) {
    const named = [
      { use: 'service', url: clients.http.baseUrl },
      { use: 'hub', url: clients.signalr.baseUrl },
    ] as const;
    const origins = Map.groupBy(
      named.flatMap(({ use, url }) => (url === undefined ? [] : [{ use, origin: new URL(url).origin }])),
      ({ origin }) => origin,
    );
    if (origins.size === 0)
      throw new ReadError('not-configured', 'No public address is configured for this target.', {
        mend: 'Name one as application.baseUrlFrom in config/hotswap.yaml.',
      });
    const data = await Promise.all(
      [...origins].map(async ([origin, uses]) => ({
        uses: uses.map(({ use }) => use),
        tls: origin.startsWith('https:') ? await clients.tls.inspect(origin, { timeoutMs: TIMEOUT_MS, signal }) : null,
      })),
    );
    return { data, complete: true };
  },
});

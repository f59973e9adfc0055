import { describe, expect, it } from 'vitest';
import { type ActivityGroup, activity } from '../../../src/diagnostics/evidence/activity.ts';
import { certificates } from '../../../src/diagnostics/evidence/certificates.ts';
import { ingresses } from '../../../src/diagnostics/evidence/ingresses.ts';
import { pods } from '../../../src/diagnostics/evidence/pods.ts';
import { services } from '../../../src/diagnostics/evidence/services.ts';
import { showNetwork } from '../../../src/diagnostics/shows/show.network.ts';
import type { Evidence } from '../../../src/diagnostics/types.ts';
import { ago, context, given } from '../support/evidence.ts';
import { podOf } from '../support/samples.ts';

const SERVICE = {
  name: 'hotswap-api',
  type: 'ClusterIP',
  annotations: {},
  selector: { app: 'hotswap-api' },
  ports: [{ name: 'http', port: 80 }],
  sessionAffinity: 'None',
};
const to = (pod: string, ready: boolean, address: string) => ({ pod, ready, addresses: [address], ports: [8080] });
const groupOf = (client: string | null, state: string, connections: number): ActivityGroup => ({
  application: 'hotswap-api',
  role: 'hotswap',
  client,
  state,
  connections,
  longestInStateSeconds: 1,
  oldestTransactionSeconds: 0,
  meanStatementSeconds: null,
  waitingOnLock: 0,
});
const sessions = (...groups: ActivityGroup[]) => given(activity, { groups, podAddresses: [] });
const shown = (evidence: readonly Evidence<unknown>[], question = {}) =>
  showNetwork.tables(new Map(evidence.map((one) => [one.source, one])), { ...context, question });

describe('the Service', () => {
  const own = { ...SERVICE, endpoints: [to('a', true, '10.0.0.1'), to('b', false, '10.0.0.2')] };
  const service = given(services, { all: [SERVICE], name: 'hotswap-api', own });

  it('is shown with where it leads', () => {
    const [table, endpoints] = shown([service]);
    expect(table?.rows).toEqual([['hotswap-api', 'ClusterIP', 'http:80', 'app=hotswap-api', 'None', '1 of 2']]);
    expect(endpoints?.rows).toEqual([
      ['10.0.0.1', '8080', 'a', 'ready'],
      ['10.0.0.2', '8080', 'b', 'NOT READY'],
    ]);
  });

  it('says whether it leads to a pod, or to none', () => {
    expect(shown([service], { pod: 'b' })[1]?.rows).toHaveLength(1);
    expect(shown([service], { pod: 'z' })[1]?.note).toContain('The pod z is none of them');
    const nowhere = given(services, { all: [SERVICE], name: 'hotswap-api', own: { ...SERVICE, endpoints: [] } });
    expect(shown([nowhere])[1]?.note).toContain('leads nowhere');
  });

  it('may not be there', () => {
    const none = given(services, { all: [{ ...SERVICE, name: 'api' }], name: 'hotswap-api', own: null });
    expect(shown([none])[0]).toMatchObject({ rows: [], note: 'There is no Service hotswap-api. There are api.' });
  });
});

describe('Ingresses and certificates', () => {
  it('are shown with hosts and backends', () => {
    const routes = [{ host: 'api.example.com', path: '/hubs', service: 'hotswap-api', port: 'http' }];
    const [table] = shown([given(ingresses, [{ name: 'api', className: '', annotations: {}, routes }])]);
    expect(table?.rows).toEqual([['api', '(default)', 'api.example.com', '/hubs', 'hotswap-api:http']]);
    expect(shown([given(ingresses, [])])[0]?.note).toContain('no Ingress');
  });

  it('are shown with their end, and with why there is none', () => {
    const certificate = {
      validFrom: ago(9e6),
      validTo: ago(3 * 86_400),
      names: ['api.example.com'],
      issuer: 'Authority',
      rejection: 'CERT_HAS_EXPIRED',
      nameMatches: true,
    };
    const tls = { host: 'api.example.com', port: 443, addresses: ['10.9.9.9'], failure: null, certificate };
    const later = { ...certificate, validTo: ago(-86_400 - 60), rejection: null, nameMatches: false };
    const [table] = shown([
      given(certificates, [
        { uses: ['service', 'hub'], tls },
        { uses: ['hub'], tls: { ...tls, certificate: later } },
        { uses: ['hub'], tls: { ...tls, addresses: [], failure: 'ENOTFOUND', certificate: null } },
        { uses: ['hub'], tls: null },
      ]),
    ]);
    expect(table?.rows).toEqual([
      ['service, hub', 'api.example.com:443 (10.9.9.9)', '2026-11-20 (EXPIRED)', 'api.example.com', 'Authority', 'CERT_HAS_EXPIRED'],
      ['hub', 'api.example.com:443 (10.9.9.9)', '2026-11-24 (in 1 day)', 'api.example.com', 'Authority', 'not for this name'],
      ['hub', 'api.example.com:443 (no address)', '?', '?', '?', 'ENOTFOUND'],
      ['hub', 'plain http', '-', '-', '-', 'none: it has no certificate'],
    ]);
  });
});

describe('the database, seen from the pods', () => {
  const some = given(pods, [podOf('a', { ip: '10.0.0.1' }), podOf('b', { ip: '10.0.0.2' }), podOf('c', { ip: null })]);
  const groups = sessions(
    groupOf('10.0.0.1', 'idle', 7),
    groupOf('10.0.0.1', 'active', 1),
    groupOf('10.5.5.5', 'idle', 2),
    groupOf(null, 'idle', 1),
  );

  it('is told by the addresses of sessions', () =>
    expect(shown([some, groups])[0]?.rows).toEqual([
      ['a', '10.0.0.1', '8', '7 idle, 1 active', ''],
      ['b', '10.0.0.2', 'none', '', ''],
      ['c', '(none)', 'none', '', ''],
      ['(no pod)', '10.5.5.5', '2', '2 idle', ''],
      ['(no pod)', '(local or hidden)', '1', '1 idle', ''],
    ]));

  it('is told of one pod', () => expect(shown([some, groups], { pod: 'b' })[0]?.rows).toEqual([['b', '10.0.0.2', 'none', '', '']]));

  it('says where pods share an address, and where pods are not known', () => {
    const shared = given(pods, [podOf('a'), podOf('b')]);
    expect(shown([shared, groups])[0]?.rows[0]?.[4]).toContain('shared by 2 pods');
    const [table] = shown([groups]);
    expect(table?.note).toContain('Which addresses are pods could not be read');
    expect(table?.rows[0]?.[0]).toBe('?');
  });

  it('is not told where sessions could not be read', () => expect(shown([some])).toEqual([]));
});

import type { ObjectHeader } from '../incident.ts';
import type { Authority, CertificateRequest } from '../ingress/authority.ts';
import type { Middlebox } from '../ingress/site.ts';
import type { Cluster } from './cluster.ts';
import { certificateSecret, ingressName, type PublicName, tlsData } from './public-addresses.ts';
import type { Service } from './service.ts';

/** What people who look after the way from outside to the pods do. */
export interface EdgeLevers {
  /** The Ingress behind a public name. */
  ingress(name: PublicName): ObjectHeader;
  /** Puts something between clients and the ingress controller of a name; undefined: takes it away. */
  placeMiddlebox(name: PublicName, middlebox: Middlebox | undefined): void;
  /** Puts another certificate of the same authority into the Secret of a name. Returns what puts the first one back. */
  replaceCertificate(name: PublicName, request: CertificateRequest): Promise<() => Promise<void>>;
}

export function edgeLevers(cluster: Cluster, { installation, sites }: Service, authority: Authority): EdgeLevers {
  const { namespace } = installation;
  return {
    ingress: (name) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: ingressName(name, installation), namespace },
    }),
    placeMiddlebox: (name, middlebox) => sites[name].setMiddlebox(middlebox),
    replaceCertificate: async (name, request) => {
      const secret: ObjectHeader = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: certificateSecret(name, installation), namespace },
      };
      const before = await cluster.read(secret);
      if (before === undefined || !('data' in before)) throw new Error(`the cluster has no certificate for ${name}`);
      const { data } = before;
      await cluster.patch(secret, { data: tlsData(await authority.issue(request)) });
      return () => cluster.patch(secret, { data });
    },
  };
}

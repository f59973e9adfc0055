import { addressIsRefused, addressOf } from '../signs/edge.ts';
import { fewerAreConnected, HUB_CHECKS, serviceAnswers } from '../signs/hub.ts';
import { defineCause } from '../types.ts';

const refused = addressIsRefused('hub');

export const hubTls = defineCause({
  id: 'ws.tls',
  title: "Clients refuse the certificate of the hub's address",
  requires: [refused],
  direct: refused,
  supports: [serviceAnswers, fewerAreConnected],
  explains: [...HUB_CHECKS, 'net.tls'],
  summary: (context) => {
    const address = addressOf('hub', context);
    return `Browsers end the connection to ${address?.host ?? 'the hub'} before a word of SignalR is said: ${address?.text ?? 'its certificate is refused'}.`;
  },
  advice: ({ target: { kubernetes } }) => [
    `Renew the certificate, with the name of the hub's address among its names, in the Secret that the Ingress names (spec.tls): kubectl --namespace ${kubernetes.namespace} get ingress -o yaml`,
    `If cert-manager keeps it, see why it could not: kubectl --namespace ${kubernetes.namespace} get certificates,certificaterequests,orders`,
  ],
});

import { httpHealth } from '../checks/http.health.ts';
import { k8sEndpoints } from '../checks/k8s.endpoints.ts';
import { promWs } from '../checks/prom.ws.ts';
import { signalrConnect } from '../checks/signalr.connect.ts';
import { signalrNegotiate } from '../checks/signalr.negotiate.ts';
import { count } from '../rules/phrases.ts';
import { decide, no, rule, yes } from '../rules/rule.ts';

/** What several causes read about the hub and the way to it. */

/** The checks that tell of the hub: whatever breaks it explains them. */
export const HUB_CHECKS = ['signalr.negotiate', 'signalr.connect', 'signalr.sticky', 'signalr.cors', 'signalr.idle', 'prom.ws'] as const;
export const HUB_CAUSES = [
  'ws.hub_path',
  'ws.auth',
  'ws.cors',
  'ws.proxy_no_upgrade',
  'ws.no_sticky',
  'ws.limit',
  'ws.idle_timeout',
  'ws.tls',
] as const;

export const serviceAnswers = rule({ health: httpHealth }, ({ health: { good, probes } }) =>
  decide(
    good > 0,
    `The service itself answers at its public address (${good} of ${probes.length} probes).`,
    'The service itself does not answer at its public address either.',
  ),
);

export const endpointsAreReady = rule({ endpoints: k8sEndpoints }, ({ endpoints: { service, readyEndpoints, endpoints } }) =>
  decide(
    readyEndpoints > 0,
    `The Service ${service} leads to ${readyEndpoints} ready of ${count(endpoints, 'endpoint')}: the pods answer their probes.`,
    `The Service ${service} has no ready endpoint.`,
  ),
);

export const hubNegotiates = rule({ negotiate: signalrNegotiate }, ({ negotiate: { understood, webSockets, path } }) =>
  decide(understood && webSockets, `${path} negotiates, and offers WebSockets.`, `${path} does not get as far as offering WebSockets.`),
);

/** Clients get in by now: whatever is wrong, connecting is not. */
export const everyTryConnects = rule({ connect: signalrConnect }, ({ connect: { attempts, connected } }) =>
  decide(
    attempts > 0 && connected === attempts,
    `${connected} of ${attempts} tries connected.`,
    `${attempts - connected} of ${attempts} tries failed.`,
  ),
);

export const nobodyIsConnected = rule({ ws: promWs }, ({ ws: { active, activeAnHourAgo } }) => {
  const before = activeAnHourAgo === null ? '' : ` An hour ago there were ${activeAnHourAgo}.`;
  return active === 0
    ? yes(`No client at all is connected to the hub.${before}`)
    : no(`${count(active ?? 0, 'client is', 'clients are')} connected to the hub.`);
});

export const fewerAreConnected = rule({ ws: promWs }, ({ ws: { active, activeAnHourAgo } }) =>
  active !== null && activeAnHourAgo !== null && active < activeAnHourAgo / 2
    ? yes(`${count(active, 'client is', 'clients are')} connected to the hub; an hour ago there were ${activeAnHourAgo}.`)
    : no('About as many clients are connected to the hub as an hour ago.'),
);

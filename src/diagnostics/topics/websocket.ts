import { defineTopic } from '../types.ts';

export const websocket = defineTopic({
  id: 'websocket',
  title: 'WebSocket',
  aliases: ['ws', 'signalr'],
  guideSection: 'WebSocket Connections Failing',
  question: 'Do live updates connect?',
  causes: [
    'api.edge',
    'api.scaled_to_zero',
    'api.service_selector',
    'ws.auth',
    'ws.cors',
    'ws.hub_path',
    'ws.idle_timeout',
    'ws.limit',
    'ws.no_sticky',
    'ws.proxy_no_upgrade',
    'ws.tls',
  ],
  // one preflight costs nothing, and browsers are the only clients that are stopped by what it tells
  symptoms: ['signalr.negotiate', 'signalr.connect', 'signalr.cors', 'prom.ws'],
  context: ['http.health', 'k8s.deployment', 'k8s.endpoints', 'k8s.ingress', 'k8s.pods', 'net.tls', 'signalr.idle', 'signalr.sticky'],
});

import { k8sPods } from '../checks/k8s.pods.ts';
import { signalrConnect } from '../checks/signalr.connect.ts';
import { decide, no, rule, yes } from '../rules/rule.ts';
import { fewerAreConnected, hubNegotiates, serviceAnswers } from '../signs/hub.ts';
import { podsLogged } from '../signs/logs.ts';
import { podNames } from '../signs/pods.ts';
import { defineCause } from '../types.ts';

/** What a request to become a WebSocket is answered with where somebody on the way took its Upgrade header away, or does not know it. */
const WITHOUT_UPGRADE: readonly (number | null)[] = [200, 204, 400, 405, 426, 501, 502];
const OK = 200;
/** From here on it is a gateway that has no answer from behind it. */
const NO_ANSWER_BEHIND = 500;
/** For as long as this a gateway may have gone on to send requests to a pod whose container has ended. Seconds. */
const JUST_ENDED_SECONDS = 60;

const notUpgraded = rule({ connect: signalrConnect }, ({ connect: { stage, status, text, connected, strangers } }) => {
  if (stage !== 'upgrade') return no('The request to become a WebSocket is not what fails.');
  if (connected > 0 || strangers > 0) return no('The request to become a WebSocket reaches the hub.');
  return decide(
    WITHOUT_UPGRADE.includes(status),
    `The request to become a WebSocket is answered with ${text} instead of 101.`,
    `The request to become a WebSocket is answered with ${text}, which is not how a proxy that knows none answers.`,
  );
});

/** A gateway says 502 as well where the pod that it chose has just ended, or does not listen yet. */
const podsComeAndGo = rule({ connect: signalrConnect, pods: k8sPods }, ({ connect: { status, text }, pods: { states } }) => {
  const away = states.filter(
    ({ state, endedSecondsAgo }) => state !== 'ready' || (endedSecondsAgo !== null && endedSecondsAgo <= JUST_ENDED_SECONDS),
  );
  return decide(
    status !== null && status >= NO_ANSWER_BEHIND && away.length > 0,
    `A gateway answers with ${text} as well where its pod has just ended or does not listen yet, as of ${podNames(away)}.`,
    'Pods that end or start do not account for the answer.',
  );
});

/** The hub takes a request without Upgrade for long polling, and answers it. */
const takenForPolling = rule({ connect: signalrConnect }, ({ connect: { stage, status } }) =>
  stage === 'upgrade' && status === OK
    ? yes('The hub answers it as an ordinary request: its Upgrade header was lost on the way.')
    : no('What answers is not the hub taking it for an ordinary request.'),
);

export const proxyWithoutUpgrade = defineCause({
  id: 'ws.proxy_no_upgrade',
  title: 'Something between the clients and the pods does not pass WebSockets on',
  requires: [hubNegotiates, notUpgraded],
  contradicts: [podsLogged('log.ws.limit', 'they took as many WebSockets as they may'), podsComeAndGo],
  direct: takenForPolling,
  supports: [serviceAnswers, fewerAreConnected],
  explains: ['signalr.connect', 'signalr.sticky', 'signalr.idle', 'prom.ws'],
  summary: (context) =>
    `Ordinary requests to the hub arrive, requests to become a WebSocket do not: they are answered with ${context.facts(signalrConnect)?.status ?? 'something'} instead of 101. Clients fall back to long polling, or fail.`,
  advice: ({ target: { application } }) => [
    `Each proxy, firewall and CDN in front of ${application.hubPath} must speak HTTP/1.1 to the next one and pass the headers Upgrade and Connection on; begin with the one that was changed last.`,
    'nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade". ingress-nginx does it by itself, unless a snippet overrides it.',
    'To find the one that does not: kubectl port-forward to a pod, and try there, then at each proxy in turn.',
  ],
});

import { signalrNegotiate } from '../checks/signalr.negotiate.ts';
import { decide, rule } from '../rules/rule.ts';
import { fewerAreConnected, HUB_CHECKS, serviceAnswers } from '../signs/hub.ts';
import { defineCause } from '../types.ts';

const NOT_FOUND = 404;

const notThere = rule({ negotiate: signalrNegotiate }, ({ negotiate: { status, path } }) =>
  decide(status === NOT_FOUND, `${path}/negotiate answers 404: there is no hub.`, `${path}/negotiate does not answer 404.`),
);

export const hubPath = defineCause({
  id: 'ws.hub_path',
  title: 'There is no SignalR hub at the path that clients use',
  requires: [notThere, serviceAnswers],
  direct: notThere,
  supports: [fewerAreConnected],
  explains: HUB_CHECKS,
  summary: (context) => {
    const path = context.facts(signalrNegotiate)?.path ?? context.target.application.hubPath;
    return `The service answers, but not at ${path}: clients get 404 before they can connect.`;
  },
  advice: ({ target: { application, kubernetes } }) => [
    `Compare the path of MapHub in the image that runs now with ${application.hubPath}. If it was moved, move the clients with it, or roll back; if it is meant to be elsewhere, set application.hubPath.`,
    `If the Ingress routes by path, see whether ${application.hubPath} is among its paths: kubectl --namespace ${kubernetes.namespace} get ingress -o yaml`,
  ],
});

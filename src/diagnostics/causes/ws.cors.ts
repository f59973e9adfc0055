import { signalrCors } from '../checks/signalr.cors.ts';
import type { RemediationOffer } from '../report.ts';
import { some } from '../rules/phrases.ts';
import { no, rule, yes } from '../rules/rule.ts';
import { everyTryConnects, fewerAreConnected } from '../signs/hub.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

const originIsRefused = rule({ cors: signalrCors }, ({ cors: { origin, allowOrigin, allowCredentials } }) => {
  if (origin === null) return no('No origin of the web application is configured.');
  if (allowOrigin !== origin) return yes(`Asked for ${origin}, the hub allows ${allowOrigin ?? 'no origin'}: browsers stop there.`);
  return allowCredentials
    ? no(`The hub allows ${origin}.`)
    : yes(`The hub allows ${origin}, but not with credentials, which SignalR sends.`);
});

export const hubCors = defineCause({
  id: 'ws.cors',
  title: 'The hub does not allow the origin of the web application',
  requires: [originIsRefused],
  direct: originIsRefused,
  supports: [everyTryConnects, fewerAreConnected],
  explains: ['signalr.cors', 'prom.ws'],
  summary: (context) => {
    const facts = context.facts(signalrCors);
    const allowed =
      facts?.configurationSeen === true
        ? ` Allowed are: ${some(facts.configured.map(({ value }) => value ?? 'not shown')) || 'none'}.`
        : '';
    return `Browsers that have loaded ${facts?.origin ?? 'the web application'} refuse to call the hub. Programs other than browsers can connect, which hides it.${allowed}`;
  },
  remediations: (context) => {
    const wanted = wantedVariable(context);
    if (wanted === null) return [];
    const offer: RemediationOffer = {
      id: 'fix.k8s.set_env',
      params: { name: wanted.variable, value: wanted.origin },
      reason: `${wanted.variable} does not let pages of ${wanted.origin} in.`,
    };
    return [offer];
  },
  advice: (context) => {
    const wanted = wantedVariable(context);
    const { namespace, deployment } = context.target.kubernetes;
    const { hubOriginVariable } = context.target.application;
    const set =
      wanted === null
        ? `Add the origin to the variables ${hubOriginVariable}<n> of the Deployment.`
        : `Set it, which rolls the pods out: kubectl --namespace ${namespace} set env deployment/${deployment} ${wanted.variable}=${wanted.origin}`;
    return [
      set,
      'The origin must be written as browsers send it: scheme and host, the port where it is not the usual one, and no slash at the end. A key of another name, such as CorsOrigins, is not read.',
    ];
  },
});

/** The variable that should hold the origin: the one that nearly does, or the next free one. */
function wantedVariable(context: ConclusionContext): { readonly variable: string; readonly origin: string } | null {
  const facts = context.facts(signalrCors);
  if (facts === null || facts.origin === null || !facts.configurationSeen || facts.allowOrigin === facts.origin) return null;
  const { origin, configured } = facts;
  const nearly = configured.find(
    ({ value }) => value !== null && URL.canParse(value) && new URL(value).hostname === new URL(origin).hostname,
  );
  if (nearly !== undefined) return { variable: nearly.variable, origin };
  const prefix = context.target.application.hubOriginVariable;
  const taken = new Set(configured.map(({ variable }) => variable));
  let index = 0;
  while (taken.has(`${prefix}${index}`)) index++;
  return { variable: `${prefix}${index}`, origin };
}

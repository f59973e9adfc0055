import { signalrConnect } from '../checks/signalr.connect.ts';
import { signalrNegotiate } from '../checks/signalr.negotiate.ts';
import { no, rule, yes } from '../rules/rule.ts';
import { fewerAreConnected, HUB_CHECKS, nobodyIsConnected } from '../signs/hub.ts';
import { defineCause } from '../types.ts';

const REFUSALS: readonly (number | null)[] = [401, 403];

const refused = rule({ negotiate: signalrNegotiate, connect: signalrConnect }, ({ negotiate, connect }) => {
  const shown = negotiate.authorised ? 'with the token that is configured' : 'without a token';
  if (REFUSALS.includes(negotiate.status)) return yes(`${negotiate.path}/negotiate answers ${negotiate.status} ${shown}.`);
  if (connect.stage === 'upgrade' && REFUSALS.includes(connect.status))
    return yes(`Negotiating works ${shown}, and the WebSocket itself is answered with ${connect.status}.`);
  return no('The hub does not refuse anybody.');
});

export const hubAuthorization = defineCause({
  id: 'ws.auth',
  title: 'The hub refuses its clients',
  requires: [refused],
  direct: nobodyIsConnected,
  supports: [fewerAreConnected],
  explains: [...HUB_CHECKS, 'prom.error_rate', 'app.jwt_rejected'],
  summary: (context) => {
    const facts = context.facts(signalrNegotiate);
    const status = facts?.status === 200 ? context.facts(signalrConnect)?.status : facts?.status;
    return facts?.authorised === true
      ? `The hub answers ${status ?? 401} although the bot shows the token that is configured for it.`
      : `The hub answers ${status ?? 401} to clients without a token, and it is configured as one that lets anybody in.`;
  },
  advice: (context) => [
    ...(context.facts(signalrNegotiate)?.authorised === true
      ? ['See whether the token has ended, and whether issuer, audience and key are those that the service checks now.']
      : [
          'If the hub is meant to ask for a token since a release, name one as application.hubTokenFrom, so that the bot connects as clients do.',
        ]),
    'Browsers cannot set headers on a WebSocket and send the token as access_token in the address: the service must read it there (JwtBearerEvents.OnMessageReceived), else an [Authorize] hub refuses every browser.',
    'If it came with a release that clients do not know yet: roll back.',
  ],
});

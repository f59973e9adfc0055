import { promWs } from '../checks/prom.ws.ts';
import { signalrIdle } from '../checks/signalr.idle.ts';
import { percent, seconds } from '../rules/phrases.ts';
import { no, rule, yes } from '../rules/rule.ts';
import { everyTryConnects } from '../signs/hub.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

const endAlike = rule({ ws: promWs, idle: signalrIdle }, ({ ws, idle }) => {
  if (idle.dropped) return yes(`A connection that the bot left alone was ended after ${seconds(idle.heldSeconds ?? 0)}.`);
  const { ended, commonFromSeconds: from, commonToSeconds: to, commonRatio } = ws;
  if (ws.cutShort)
    return yes(
      `${percent(commonRatio)} of ${ended} connections that ended in the last ${seconds(ws.windowSeconds)} had lasted ${seconds(from ?? 0)} to ${seconds(to ?? 0)}: people leave at any time, a timeout always at the same.`,
    );
  return no(idle.asked ? 'A connection that the bot left alone was kept.' : 'Connections do not end at the same age.');
});

const dropSeen = rule({ idle: signalrIdle }, ({ idle }) =>
  idle.dropped ? yes(`The bot's own connection was ended after ${seconds(idle.heldSeconds ?? 0)}.`) : no('The bot has not seen one end.'),
);

export const hubIdleTimeout = defineCause({
  id: 'ws.idle_timeout',
  title: 'Connections that are quiet for a while are ended on the way',
  requires: [endAlike, everyTryConnects],
  direct: dropSeen,
  explains: ['prom.ws', 'signalr.idle'],
  summary: (context) =>
    `Clients connect, and are cut off ${lifetime(context)} later, again and again: something between them and the pods ends connections on which nothing is said for that long.`,
  advice: (context) => [
    `Raise the idle timeout of each proxy and load balancer on the way above the hub's keep-alive (15 s unless it was changed), or lower KeepAliveInterval of the hub below ${shortest(context)}. Raising KeepAliveInterval makes it worse.`,
    'ingress-nginx: the annotations nginx.ingress.kubernetes.io/proxy-read-timeout and proxy-send-timeout, in seconds.',
    "A client's serverTimeout must be twice KeepAliveInterval at least, and the hub's ClientTimeoutInterval twice the client's ping.",
  ],
});

function lifetime(context: ConclusionContext): string {
  const held = context.facts(signalrIdle);
  if (held?.dropped === true && held.heldSeconds !== null) return seconds(held.heldSeconds);
  const ws = context.facts(promWs);
  return ws?.commonToSeconds === null || ws?.commonToSeconds === undefined
    ? 'a while'
    : `${seconds(ws.commonFromSeconds ?? 0)} to ${seconds(ws.commonToSeconds)}`;
}

/** What a ping must come before. */
function shortest(context: ConclusionContext): string {
  const held = context.facts(signalrIdle)?.heldSeconds ?? null;
  const from = context.facts(promWs)?.commonFromSeconds ?? null;
  return held === null && from === null ? 'it' : seconds(held ?? from ?? 0);
}

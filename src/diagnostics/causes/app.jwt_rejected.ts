import { k8sLogs } from '../checks/k8s.logs.ts';
import { promErrorRate } from '../checks/prom.error_rate.ts';
import { count, percent, seconds } from '../rules/phrases.ts';
import { anyOf, no, rule, yes } from '../rules/rule.ts';
import { byPod, refusedMore, signatureIn, spreadOverPods } from '../signs/refusals.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

const ROTATED = 'log.jwt.rotated';
/** The reasons that the validation of a token gives, where they are logged at all: by default they are below the level that is kept. */
const REASONS: Readonly<Record<string, string>> = {
  'log.jwt.signature': 'its signature is of a key that the pods do not check against',
  'log.jwt.expired': 'it had expired',
  'log.jwt.issuer': 'its issuer is another one',
  'log.jwt.audience': 'it is for another audience',
};
/** A rotation longer ago is no reason for what begins now. Seconds. */
const ONSET_SECONDS = 15 * 60;

/** Tokens are signed with the newest key, and checked against the one that the process started with. */
const theKeyWasJustRotated = rule({ logs: k8sLogs }, ({ logs }, { now }) => {
  const found = signatureIn(logs, ROTATED);
  if (found === undefined) return no('No pod logged that a signing key was rotated.');
  const ago = (now.getTime() - Date.parse(found.lastAt)) / 1_000;
  if (ago > ONSET_SECONDS) return no(`The signing key was rotated ${seconds(ago)} ago, long before.`);
  return yes(
    `The signing key was rotated ${seconds(ago)} ago: tokens signed with the new one are rejected by every pod that started before.`,
  );
});

const thePodsSayWhy = rule({ logs: k8sLogs }, ({ logs }) => {
  const found = signatureIn(logs, ...Object.keys(REASONS));
  if (found === undefined) return no('No pod logged why a token was rejected.');
  return yes(
    `${count(found.pods, 'pod')} logged ${count(found.count, 'time')} of a rejected token that ${REASONS[found.signature] ?? 'it is not valid'}.`,
  );
});

export const jwtRejected = defineCause({
  id: 'app.jwt_rejected',
  title: 'Valid users are turned away: their tokens are rejected',
  requires: [refusedMore('401'), spreadOverPods('401')],
  supports: [theKeyWasJustRotated, thePodsSayWhy],
  direct: anyOf(theKeyWasJustRotated, thePodsSayWhy),
  explains: ['prom.error_rate', 'k8s.logs', 'http.deployment', 'ws.auth', 'signalr.negotiate'],
  summary: (context) => {
    const { share, before, pods, rotatedAgo } = seen(context);
    const since = rotatedAgo === null ? '' : ` The signing key was rotated ${seconds(rotatedAgo)} ago.`;
    return `${share} of requests end with 401, an hour ago ${before}, on ${count(pods, 'pod')} alike: a share of the users is turned away wherever they arrive.${since}`;
  },
  remediations: (context) =>
    seen(context).rotatedAgo === null
      ? []
      : [
          {
            id: 'fix.k8s.restart',
            params: {},
            reason:
              'Pods that start now check tokens against the new signing key. Users whose tokens are of the old one must sign in again.',
          },
        ],
  advice: (context) => {
    const { namespace, deployment } = context.target.kubernetes;
    return seen(context).rotatedAgo === null
      ? [
          'Compare the time at which it began with the last change of the signing key and the last rollout, and look at the issuer and the audience of a rejected token.',
          'Where it is a single client, its token has just expired: look at who is turned away before anything else.',
        ]
      : [
          `The pods sign with the rotated key and check against the one that they started with. After a restart they check against the new one: kubectl --namespace ${namespace} rollout restart deployment/${deployment}. Who signed in before the rotation must then sign in again.`,
          'Have the application check against the old key as well until tokens signed with it have expired; until then each rotation does the same.',
        ];
  },
});

function seen(context: ConclusionContext): { share: string; before: string; pods: number; rotatedAgo: number | null } {
  const errors = context.facts(promErrorRate);
  const logs = context.facts(k8sLogs);
  const share = errors?.codes.find(({ code }) => code === '401');
  const rotated = logs === null ? undefined : signatureIn(logs, ROTATED);
  const ago = rotated === undefined ? null : (context.now.getTime() - Date.parse(rotated.lastAt)) / 1_000;
  return {
    share: percent(Math.max(share?.ratio ?? 0, share?.ratioRecently ?? 0)),
    before: percent(share?.ratioAnHourAgo ?? 0),
    pods: errors === null ? 0 : byPod(errors, '401').size,
    rotatedAgo: ago === null || ago > ONSET_SECONDS ? null : ago,
  };
}

import { k8sEvents } from '../checks/k8s.events.ts';
import { k8sPods } from '../checks/k8s.pods.ts';
import { type PullFailure, pullFailure } from '../rules/image-pull.ts';
import { short } from '../rules/phrases.ts';
import { anyOf, decide, rule } from '../rules/rule.ts';
import type { ConclusionContext, Rule } from '../types.ts';
import { podNames, podsAre, podsIn } from './pods.ts';

/** Rules and words that several causes share: images that cannot be pulled. */

export const imagesAreWaitedFor = podsAre(['image'], 'waits for its image', 'wait for their image');

interface Pull {
  readonly pod: string;
  readonly text: string;
}

/** Older kubelets say no more than that they back off; the reason then stands in the events. */
function failing(states: Parameters<typeof podsIn>[0], kinds: readonly PullFailure[]): Pull[] {
  return podsIn(states, 'image')
    .filter(({ reason, message }) => kinds.some((kind) => kind === pullFailure(`${reason}: ${message}`)))
    .map(({ pod, message }) => ({ pod, text: message }));
}

/** What the pull of an image fails for. `what` completes "The registry …". */
export function pullsFail(kinds: readonly PullFailure[], what: string): Rule {
  const tell = (pulls: readonly Pull[]) =>
    decide(
      pulls.length > 0,
      `${what} (${podNames(pulls)}): ${short(endOf(pulls[0]?.text ?? ''), 200)}`,
      `No kubelet says that ${lower(what)}.`,
    );
  const byStatus = rule({ pods: k8sPods }, ({ pods: { states } }) => tell(failing(states, kinds)));
  const byEvents = rule({ pods: k8sPods, events: k8sEvents }, ({ pods: { states }, events: { pulls } }) => {
    const silent = podsIn(states, 'image').filter(({ message }) => pullFailure(message) === null);
    return tell(
      silent.flatMap(({ pod }) => {
        const latest = pulls.find((one) => one.pod === pod && pullFailure(one.note) !== null);
        return latest !== undefined && kinds.some((kind) => kind === pullFailure(latest.note)) ? [{ pod, text: latest.note }] : [];
      }),
    );
  });
  return anyOf(byStatus, byEvents);
}

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

/** The kubelet puts what the registry says last. */
export const endOf = (text: string): string => text.replace(/^[\s\S]*failed to resolve reference "[^"]*": /, '').trim();

/** The image that pods wait for, and what is said of it. */
export function waitedFor(context: ConclusionContext): { readonly image: string; readonly pods: string; readonly text: string } {
  const waiting = podsIn(context.facts(k8sPods)?.states ?? [], 'image');
  const [first] = waiting;
  const event = context.facts(k8sEvents)?.pulls.find(({ pod, note }) => pod === first?.pod && pullFailure(note) !== null);
  const text = first !== undefined && pullFailure(first.message) !== null ? first.message : (event?.note ?? first?.message ?? '');
  return { image: first?.image ?? 'the image', pods: podNames(waiting), text };
}

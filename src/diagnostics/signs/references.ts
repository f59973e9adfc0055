import { k8sEvents } from '../checks/k8s.events.ts';
import { k8sPods } from '../checks/k8s.pods.ts';
import { describeReference, type MissingReference, missingReference } from '../rules/missing-reference.ts';
import { form } from '../rules/phrases.ts';
import { anyOf, decide, rule } from '../rules/rule.ts';
import type { ConclusionContext } from '../types.ts';
import { podNames } from './pods.ts';

/** Rules and words that several causes share: Secrets and ConfigMaps that pods want and that are not there. */

interface Lack {
  readonly pod: string;
  readonly missing: MissingReference;
}

const ofPods = (states: readonly { readonly pod: string; readonly state: string; readonly message: string }[]): Lack[] =>
  states.flatMap(({ pod, state, message }) => {
    const missing = state === 'config' ? missingReference(message) : null;
    return missing === null ? [] : [{ pod, missing }];
  });

const ofMounts = (mounts: readonly { readonly pod: string; readonly note: string }[]): Lack[] =>
  mounts.flatMap(({ pod, note }) => {
    const missing = missingReference(note);
    return missing === null ? [] : [{ pod, missing }];
  });

const tell = (lacks: readonly Lack[], none: string) =>
  decide(lacks.length > 0, `${podNames(lacks)} cannot be started: ${notThere(lacks)}.`, none);

const containersLack = rule({ pods: k8sPods }, ({ pods: { states } }) => tell(ofPods(states), 'No container lacks a Secret or ConfigMap.'));
const volumesLack = rule({ events: k8sEvents, pods: k8sPods }, ({ events: { mounts }, pods: { states } }) => {
  const waiting = states.filter(({ state }) => state === 'starting' || state === 'not-ready').map(({ pod }) => pod);
  const lacks = ofMounts(mounts.filter(({ pod }) => waiting.includes(pod)));
  return tell(lacks, 'No volume lacks a Secret or ConfigMap.');
});

export const aReferenceIsMissing = anyOf(containersLack, volumesLack);

/** What is missing for which pods. */
export function lacksOf(context: ConclusionContext): readonly Lack[] {
  const found = ofPods(context.facts(k8sPods)?.states ?? []);
  return found.length > 0 ? found : ofMounts(context.facts(k8sEvents)?.mounts ?? []);
}

const lackNames = (lacks: readonly Lack[]) => [...new Set(lacks.map(({ missing }) => describeReference(missing)))];

export const lackText = (lacks: readonly Lack[]): string => lackNames(lacks).join(' and ');

export const notThere = (lacks: readonly Lack[]): string =>
  `${lackText(lacks)} ${form(lackNames(lacks).length, 'does not exist', 'do not exist')}`;

import type { WritePorts } from '../../../../src/remediations/executor/runner.ts';
import type { Step, StepOf, Verb } from '../../../../src/remediations/executor/steps.ts';

/** A far side as it is when a step has been planned for it, with the real connections to it. */
export interface Scene {
  readonly step: Step;
  readonly ports: Partial<WritePorts>;
}

/** A scene for each of some verbs. */
export type Scenes<V extends Verb> = { readonly [Name in V]: () => Promise<Scene & { readonly step: StepOf<Name> }> };

import type { Step } from './steps.ts';

/** The step that takes another one back, with its own preconditions; undefined where there is none. */
export function reverseOf(step: Step): Step | undefined {
  switch (step.verb) {
    case 'k8s.scale':
      return { ...step, from: step.to, to: step.from };
    case 'k8s.hpa_bounds':
      return { ...step, from: step.to, to: step.from };
    case 'k8s.restart':
    case 'pg.terminate':
    case 'pg.create_index':
    case 'pg.drop_index':
      return undefined;
  }
}

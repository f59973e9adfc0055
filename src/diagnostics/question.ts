import { z } from 'zod';

/** What a person may add to a diagnosis: it narrows what is looked at. */
export const Question = z.object({
  /** Id of a deployment's execution, as the service's API calls it. */
  executionId: z.string().optional(),
  /** Name of a pod of the Deployment. */
  pod: z.string().optional(),
  /** How far back logs, events and rates are looked at, seconds. */
  sinceSeconds: z.int().positive().optional(),
  /** Text that a row must hold to be shown. */
  contains: z.string().optional(),
});

export type Question = Readonly<z.infer<typeof Question>>;

/** A diagnosis that nothing was added to. */
export const NO_QUESTION: Question = {};

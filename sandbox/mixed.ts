import type { Incident, IncidentWorld, RunningIncident } from './incident.ts';
import type { Draws } from './random.ts';

/** Something that goes on beside the trouble and is none: what it began is ended by the function that it returns. */
export type Bystander = (world: IncidentWorld, random: Draws) => Promise<() => Promise<void>>;

interface Mixture {
  readonly id: string;
  readonly title: string;
  /** The trouble itself. */
  readonly of: Incident;
  /** What is there before it. */
  readonly beside: readonly Bystander[];
  /** What happens once it is there, such as pods that are moved. */
  readonly afterwards?: readonly Bystander[];
  readonly topic?: string;
  readonly accepted?: readonly string[];
  /** Holds where what the trouble leads to can be seen as well. */
  readonly shows?: (world: IncidentWorld) => Promise<boolean>;
}

/** One trouble with several symptoms, among things that look like the cause and are not. */
export function mixed({ id, title, of, beside, afterwards = [], topic = of.topic, accepted = [], shows }: Mixture): Incident {
  return {
    id,
    title,
    truth: of.truth,
    topic,
    accepted: [...(of.accepted ?? []), ...accepted],
    start: async (world, random): Promise<RunningIncident> => {
      const before: (() => Promise<void>)[] = [];
      for (const [index, begin] of beside.entries()) before.push(await begin(world, random.branch(`beside ${index}`)));
      const trouble = await of.start(world, random.branch('trouble'));
      const after: (() => Promise<void>)[] = [];
      for (const [index, begin] of afterwards.entries()) after.push(await begin(world, random.branch(`afterwards ${index}`)));
      return {
        ...(trouble.question === undefined ? {} : { question: trouble.question }),
        ready: async () => (await trouble.ready()) && (shows === undefined || (await shows(world))),
        stop: async () => {
          for (const end of after.toReversed()) await end();
          await trouble.stop(); // before what was there before it: tidying up may need what the trouble holds
          for (const end of before.toReversed()) await end();
        },
      };
    },
  };
}

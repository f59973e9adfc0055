import type { Incident, RunningIncident } from '../incident.ts';
import type { Draws } from '../random.ts';
import type { IncidentRunner, IncidentStatus } from './incident-runner.ts';

/** What a person sees of a trouble that was started unseen: what anybody would notice, and the truth once asked for. */
export interface MysteryStatus {
  readonly title: string;
  readonly state: IncidentStatus['state'] | 'repaired';
  readonly detail: string;
  readonly question?: RunningIncident['question'];
  readonly truth?: { readonly incident: string; readonly cause: string; readonly topic: string };
}

/** One trouble at a time that is started without saying which it is. */
export interface Mystery {
  /** Null: nothing was broken yet. */
  status(): Promise<MysteryStatus | null>;
  /** Breaks something at random. False: what was broken before is not repaired yet. */
  start(): Promise<boolean>;
  /** From now on the status tells the truth. False: nothing was broken. */
  reveal(): Promise<boolean>;
  /** False: nothing runs. */
  repair(): Promise<boolean>;
  /** A list of incidents in which the one that was broken looks like any other: `status` tells of it. */
  conceal(incidents: readonly IncidentStatus[]): readonly IncidentStatus[];
}

interface Broken {
  readonly incident: Incident;
  running: boolean;
  revealed: boolean;
}

export function openMystery(incidents: ReadonlyMap<string, Incident>, runner: IncidentRunner, random: Draws): Mystery {
  let broken: Broken | undefined;
  /** How what was broken stands; undefined once it is over, whoever ended it. */
  const standing = async (): Promise<IncidentStatus | undefined> => {
    const asked = broken;
    if (asked?.running !== true) return undefined;
    const seen = (await runner.status()).find(({ id }) => id === asked.incident.id);
    if (seen !== undefined && seen.state !== 'idle') return seen;
    asked.running = false;
    return undefined;
  };
  return {
    status: async () => {
      if (broken === undefined) return null;
      const { incident, revealed } = broken;
      const seen = await standing();
      return {
        title: incident.title,
        state: seen?.state ?? 'repaired',
        detail: seen?.detail ?? '',
        ...(seen?.question === undefined ? {} : { question: seen.question }),
        ...(revealed && incident.truth !== null ? { truth: { incident: incident.id, cause: incident.truth, topic: incident.topic } } : {}),
      };
    },
    start: async () => {
      if ((await standing()) !== undefined) return false;
      const busy = new Set((await runner.status()).filter(({ state }) => state !== 'idle').map(({ id }) => id));
      const last = broken?.incident.id;
      const incident = random.pick(troubles(incidents).filter(({ id }) => !busy.has(id) && id !== last));
      const started: Broken = { incident, running: true, revealed: false };
      broken = started;
      try {
        return await runner.start(incident.id);
      } catch (error) {
        broken = undefined;
        throw error;
      }
    },
    reveal: async () => {
      if (broken === undefined) return false;
      broken.revealed = true;
      return true;
    },
    repair: async () => {
      const repaired = broken;
      if (repaired?.running !== true || !(await runner.stop(repaired.incident.id))) return false;
      repaired.running = false;
      return true;
    },
    conceal: (list) =>
      broken?.running === true
        ? list.map((one) =>
            one.id === broken?.incident.id ? { id: one.id, title: one.title, topic: one.topic, state: 'idle', detail: '' } : one,
          )
        : list,
  };
}

/** What has a cause that is a fault. */
function troubles(incidents: ReadonlyMap<string, Incident>): readonly Incident[] {
  return [...incidents.values()].filter(({ truth, benign }) => truth !== null && benign !== true);
}

import type { ClaimedMessage } from '../store/outbox.ts';
import type { SendMethod } from './deliver.ts';

/**
 * What Slack takes no calls for right now, as this process knows it, by the names that `claimMessage` reads. Nothing of it is taken
 * from the outbox meanwhile: otherwise every message that is due would be taken and given back again and again.
 */
export interface Holds {
  add(names: readonly string[], seconds: number): void;
  /** Those that last. */
  names(): readonly string[];
  /** Milliseconds until the next one ends; none where nothing is held. */
  endsIn(): number | undefined;
}

export function createHolds(): Holds {
  const until = new Map<string, number>();
  const forget = (): void => {
    for (const [name, end] of until) if (end <= performance.now()) until.delete(name);
  };
  return {
    add(names, seconds) {
      for (const name of names) until.set(name, Math.max(until.get(name) ?? 0, performance.now() + seconds * 1_000));
    },
    names() {
      forget();
      return [...until.keys()];
    },
    endsIn() {
      forget();
      return until.size === 0 ? undefined : Math.min(...until.values()) - performance.now();
    },
  };
}

/** What an allowance that has no room for this call has none for either: progress waits wherever a result does. */
export function holdsWith(method: SendMethod, { channel, urgency }: ClaimedMessage): readonly string[] {
  if (method === 'chat.postMessage') return [`post ${channel}`];
  return urgency === 'progress' ? ['edit progress'] : ['edit progress', 'edit result'];
}

import { QueueUnavailableError } from '../queue/errors.ts';
import { isStoreUnavailable } from '../store/errors.ts';
import { TooSlowError } from './bounded.ts';

/** The person cannot have what they asked for; the message (mrkdwn) says why and what to do instead. Changes nothing. */
export class Refusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Refusal';
  }
}

/** How a failure is told. `id` is set where it is a fault of ours that the log carries. */
export interface Explanation {
  readonly text: string;
  readonly id: string | null;
}

/** Puts an error into words for the person who clicked or typed. `instead`: what they can do meanwhile. */
export function explain(error: unknown, newId: () => string, instead = ''): Explanation {
  if (error instanceof Refusal) return { text: error.message, id: null };
  if (error instanceof TooSlowError)
    return {
      text: sentence(
        'My database does not answer right now. What you asked for may still happen if it does soon; if nothing appears within a minute, ask again.',
        instead,
      ),
      id: null,
    };
  if (error instanceof QueueUnavailableError)
    return { text: sentence('I cannot reach my job queue, so nothing was started.', instead), id: null };
  if (isStoreUnavailable(error)) return { text: sentence('I cannot reach my own database, so nothing was started.', instead), id: null };
  const id = newId().slice(0, 8);
  return { text: sentence(`Something went wrong on my side. Please quote \`${id}\` to whoever runs me.`, instead), id };
}

function sentence(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

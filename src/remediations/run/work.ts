import type { RunContext } from './context.ts';
import { executeRequest } from './execute-request.ts';
import { InterruptedError } from './interrupted.ts';
import { LeaseLostError } from './lease.ts';
import { planRequest } from './plan-request.ts';
import { sweep, type TakeUp } from './sweep.ts';

const SWEEP_MS = 2_000;
/** Requests under way at once. What is beyond that waits in the store for whichever executor has room. */
const MOST_AT_ONCE = 64;

/** The work of an executor process, besides where its jobs come from. */
export interface FixWork {
  /** Does what a job asks for. Plans are waited for; what may take long goes on in the background, and the store keeps track of it. */
  handle(job: { readonly requestId: string; readonly intent: 'plan' | 'execute' }): Promise<void>;
  /** Takes up nothing more and waits until everything under way has let go. Abort the context's signal first. */
  stop(): Promise<void>;
}

/** Begins to sweep, and carries out what jobs ask for. */
export function startWork(context: RunContext): FixWork {
  const running = new Map<string, Promise<void>>();
  const background: TakeUp = (id, intent) => {
    if (running.has(id) || running.size >= MOST_AT_ONCE || context.signal.aborted) return;
    const work = (intent === 'plan' ? planRequest(id, context) : executeRequest(id, context))
      .catch((error: unknown) => explain(id, error, context))
      .finally(() => running.delete(id));
    running.set(id, work);
  };
  const sweeper = startSweeper(context, background);
  return {
    async handle({ requestId, intent }) {
      if (intent === 'plan') await planRequest(requestId, context);
      else background(requestId, intent);
    },
    async stop() {
      await sweeper.stop();
      await Promise.all(running.values());
    },
  };
}

function explain(id: string, error: unknown, { log }: RunContext): void {
  if (error instanceof InterruptedError || error instanceof LeaseLostError)
    log.info({ request: id, reason: error.message }, 'a request was let go');
  else log.error({ err: error, request: id }, 'a request broke off; the sweeper takes it up again');
}

function startSweeper(context: RunContext, takeUp: TakeUp): { stop(): Promise<void> } {
  let current: Promise<void> = Promise.resolve();
  let busy = false;
  const tick = (): void => {
    if (busy) return;
    busy = true;
    current = sweep(context, takeUp)
      .catch((error: unknown) => context.log.warn({ err: error }, 'the sweeper could not look'))
      .finally(() => {
        busy = false;
      });
  };
  const timer = setInterval(tick, SWEEP_MS);
  tick();
  return {
    async stop() {
      clearInterval(timer);
      await current;
    },
  };
}

import type { Dispatcher } from './delivery/dispatcher.ts';
import type { Faults } from './faults.ts';
import type { RateLimits } from './rate-limits.ts';
import type { ResponseUrls } from './response-urls.ts';
import type { State } from './state.ts';
import type { Triggers } from './triggers.ts';

/** How long Slack waits for what, in milliseconds. Tests shorten it; the sandbox runs with Slack's own values. */
export interface Timing {
  readonly ackMs: number;
  readonly triggerMs: number;
  readonly responseUrlMs: number;
  readonly eventRetryMs: readonly number[];
}

export const slackTiming: Timing = { ackMs: 3000, triggerMs: 3000, responseUrlMs: 30 * 60_000, eventRetryMs: [0, 60_000, 300_000] };

export interface CallRecord {
  readonly at: number;
  readonly method: string;
  readonly args: Record<string, unknown>;
  status: number;
  result: Record<string, unknown>;
}

/** The parts that the Web API, the people and the control API work on. */
export interface Core {
  readonly state: State;
  readonly faults: Faults;
  readonly limits: RateLimits;
  readonly triggers: Triggers;
  readonly responseUrls: ResponseUrls;
  readonly dispatcher: Dispatcher;
  readonly timing: Timing;
  readonly calls: CallRecord[];
  readonly filesDir: string;
  /** `http://127.0.0.1:PORT`, known once the server listens. */
  baseUrl: string;
  /** Issues a one-time Socket Mode address. Undefined in HTTP mode. */
  readonly openSocketUrl: (() => string) | undefined;
}

import axios, { AxiosError } from 'axios';

/** One event of PagerDuty's Events API v2. The same key is the same incident, however often it is sent. */
export interface PagerEvent {
  readonly key: string;
  readonly summary: string;
  /** What it is about, such as a target. */
  readonly source: string;
  readonly severity: 'critical' | 'error' | 'warning' | 'info';
  readonly details: Readonly<Record<string, string>>;
  /** Where to read on. */
  readonly links: readonly { readonly href: string; readonly text: string }[];
}

export interface Pager {
  trigger(event: PagerEvent): Promise<void>;
  /** Somebody takes care of the incident of that key: nobody else is called. */
  acknowledge(key: string): Promise<void>;
  /** Ends the incident of that key. */
  resolve(key: string): Promise<void>;
}

/** The pager did not take an event. `hopeless`: it never will, as the routing key or the event is refused. */
export class PagerError extends Error {
  readonly hopeless: boolean;

  constructor(message: string, hopeless: boolean) {
    super(message);
    this.name = 'PagerError';
    this.hopeless = hopeless;
  }
}

const TIMEOUT_MS = 10_000;
/** Limits of the Events API v2 (developer.pagerduty.com, "Send an event"). */
const LONGEST_SUMMARY = 1_024;
const LONGEST_KEY = 255;

/**
 * PagerDuty, by its Events API v2, over axios. PagerDuty's own client (@pagerduty/pdjs 2.2.4) was read and is not used: its time-out
 * does nothing (a timer whose callback is empty), so an address that never answers would hold a page for good; it waits 20 s by itself on each
 * 429, which keeps other pages waiting; and it speaks https to a host of that name only, which no stand-in can be.
 * @throws PagerError where it does not take an event. */
export function connectPagerDuty({ url, routingKey }: { readonly url: string; readonly routingKey: string }): Pager {
  const http = axios.create({ timeout: TIMEOUT_MS, maxRedirects: 0, maxContentLength: 64 * 1024, proxy: false });
  const send = async (event: object): Promise<void> => {
    try {
      await http.post(url, { routing_key: routingKey, ...event });
    } catch (error) {
      throw failureOf(error);
    }
  };
  return {
    trigger: ({ key, summary, source, severity, details, links }) =>
      send({
        event_action: 'trigger',
        dedup_key: key.slice(0, LONGEST_KEY),
        client: 'Hotswap Bot',
        payload: { summary: summary.slice(0, LONGEST_SUMMARY), source, severity, custom_details: details },
        ...(links.length === 0 ? {} : { links }),
      }),
    acknowledge: (key) => send({ event_action: 'acknowledge', dedup_key: key.slice(0, LONGEST_KEY) }),
    resolve: (key) => send({ event_action: 'resolve', dedup_key: key.slice(0, LONGEST_KEY) }),
  };
}

/** 400: the event or the routing key is refused; 429 and 5xx: later (the same page). Says nothing that holds the key. */
function failureOf(error: unknown): PagerError {
  if (!(error instanceof AxiosError)) return new PagerError(error instanceof Error ? error.message : 'unknown error', false);
  const { response, code } = error;
  if (response === undefined) return new PagerError(`no answer (${code ?? 'unknown reason'})`, false);
  return new PagerError(`HTTP ${response.status}`, response.status >= 400 && response.status < 500 && response.status !== 429);
}

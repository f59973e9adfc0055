import type { WebClient } from '@slack/web-api';
import type { ClaimedMessage } from '../store/outbox.ts';
import { readFailure, type SlackFailure } from './failures.ts';

/** What Slack answers where it is so already (docs.slack.dev, pins.add and pins.remove). */
const SO_ALREADY = ['already_pinned', 'no_pin', 'not_pinned'];

/** Pins a posted message in its channel, or takes it off, as it should be. Null where it is so now, else why it is not. */
export async function pinMessage(client: WebClient, { channel, pinned }: ClaimedMessage, timestamp: string): Promise<SlackFailure | null> {
  try {
    if (pinned) await client.pins.add({ channel, timestamp });
    else await client.pins.remove({ channel, timestamp });
    return null;
  } catch (error) {
    const failure = readFailure(error);
    return failure.kind !== 'wait' && SO_ALREADY.includes(failure.code) ? null : failure;
  }
}

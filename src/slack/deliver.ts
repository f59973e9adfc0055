import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { ClaimedMessage, Rendering } from '../store/outbox.ts';
import { simplifyBlocks } from './render/simple.ts';

export type SendMethod = 'chat.postMessage' | 'chat.update' | 'chat.delete';

/** The call that brings Slack to the state of this message; undefined where it was taken out before anybody saw it. */
export function methodFor(message: ClaimedMessage): SendMethod | undefined {
  if (message.removed) return message.ts === null ? undefined : 'chat.delete';
  return message.ts === null ? 'chat.postMessage' : 'chat.update';
}

/** Makes the call. Returns Slack's id of the message, or null where it is gone now. Throws what the client throws. */
export async function sendMessage(client: WebClient, message: ClaimedMessage, rendering: Rendering): Promise<string | null> {
  const method = methodFor(message);
  if (method === undefined) return null;
  if (message.ts !== null && message.removed) {
    await client.chat.delete({ channel: message.channel, ts: message.ts });
    return null;
  }
  const content = { channel: message.channel, text: message.text, blocks: blocksFor(message, rendering) };
  if (message.ts !== null) {
    await client.chat.update({ ...content, ts: message.ts });
    return message.ts;
  }
  const posted = await client.chat.postMessage({
    ...content,
    ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
    unfurl_links: false,
    unfurl_media: false,
    metadata: { event_type: 'hotswap_message', event_payload: { key: message.key } },
  });
  if (posted.ts === undefined) throw new Error('chat.postMessage answered without a ts');
  return posted.ts;
}

function blocksFor(message: ClaimedMessage, rendering: Rendering): KnownBlock[] {
  if (rendering === 'text') return [];
  return rendering === 'full' ? message.blocks : simplifyBlocks(message.blocks);
}

import type { WebClient } from '@slack/web-api';
import type { Logger } from '../config/logger.ts';
import type { ClaimedMessage } from '../store/outbox.ts';

const WHY: Readonly<Record<string, string>> = {
  not_in_channel: 'I am not a member of that channel. Type `/invite @hotswap` there, then ask again.',
  channel_not_found: 'I cannot see that channel. If it is private, type `/invite @hotswap` there, then ask again.',
  is_archived: 'That channel is archived. Ask in another one.',
  thread_not_found: 'The message that began the thread is gone. Ask again.',
  thread_unreachable: '',
};

/** Tells the person who asked what could not be shown in the channel: through the command's response_url, else in a direct message. */
export async function tellUnreachable(
  message: ClaimedMessage,
  code: string,
  { client, fetch, log }: { readonly client: WebClient; readonly fetch: typeof globalThis.fetch; readonly log: Logger },
): Promise<void> {
  const { recipient } = message;
  if (recipient === null) return;
  if (code === 'thread_unreachable' && message.urgency === 'progress') return;
  const why = WHY[code] ?? `Slack answers \`${code}\`.`;
  const text = code === 'thread_unreachable' ? message.text : `I cannot write to <#${message.channel}>. ${why} ${recipient.instead}`.trim();
  if (recipient.responseUrl !== null && (await tellByResponseUrl(recipient.responseUrl, text, fetch))) return;
  try {
    const { channel } = await client.conversations.open({ users: recipient.user });
    if (channel?.id !== undefined) await client.chat.postMessage({ channel: channel.id, text });
  } catch (error) {
    log.error({ err: error, message: message.key, user: recipient.user }, 'the person could not be told that the channel is unreachable');
  }
}

/** A response_url works five times within half an hour, without a token and in any channel. */
async function tellByResponseUrl(url: string, text: string, fetch: typeof globalThis.fetch): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, text }),
      signal: AbortSignal.timeout(5_000),
    });
    return response.ok;
  } catch {
    return false; // the direct message is tried next
  }
}

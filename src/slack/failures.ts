import { WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';

/**
 * What a failed call to Slack means for a message.
 * - wait: Slack asks for patience with this method.
 * - unreachable: nothing can be shown in this channel or thread.
 * - content: Slack refuses the blocks; less of Block Kit may pass.
 * - gone: a person deleted the message, or it can no longer be edited.
 * - later: Slack, the network or the token is sick; the same call may work later.
 */
export type SlackFailure =
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'unreachable' | 'content' | 'gone' | 'later'; readonly code: string };

const UNREACHABLE = new Set([
  ...['not_in_channel', 'channel_not_found', 'is_archived', 'thread_not_found', 'restricted_action', 'messages_tab_disabled'],
  ...['restricted_action_read_only_channel', 'restricted_action_non_threadable_channel', 'restricted_action_thread_locked'],
]);
const CONTENT = new Set([
  ...['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long', 'msg_too_long', 'invalid_arguments', 'no_text'],
  ...['block_mismatch', 'cannot_parse_attachment', 'metadata_too_large', 'invalid_metadata_format', 'invalid_metadata_schema'],
]);
const GONE = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed', 'cant_delete_message']);

/** Reads a failure of the Web API client (its error codes: docs.slack.dev, chat.postMessage and chat.update). */
export function readFailure(error: unknown): SlackFailure {
  if (error instanceof WebAPIRateLimitedError) return { kind: 'wait', seconds: error.retryAfter };
  if (error instanceof WebAPIPlatformError) {
    const code = error.data.error;
    if (code === 'ratelimited' || code === 'rate_limited') return { kind: 'wait', seconds: 5 };
    if (UNREACHABLE.has(code)) return { kind: 'unreachable', code };
    if (CONTENT.has(code)) return { kind: 'content', code };
    if (GONE.has(code)) return { kind: 'gone', code };
    return { kind: 'later', code };
  }
  return { kind: 'later', code: error instanceof Error ? error.message : String(error) };
}

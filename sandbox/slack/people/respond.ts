import { z } from 'zod';
import type { Core } from '../core.ts';
import type { ResponseTarget } from '../response-urls.ts';
import { readBlocks } from '../web-api/chat.ts';
import { SlackError } from '../web-api/method.ts';

const replySchema = z.looseObject({
  text: z.string().optional(),
  blocks: z.unknown().optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).optional(),
  replace_original: z.boolean().optional(),
  delete_original: z.boolean().optional(),
  thread_ts: z.string().optional(),
});

/** Applies a message that came through a response_url or in an acknowledgement. Errors: no_text, invalid_blocks, invalid_payload. */
export function applyReply(core: Core, target: ResponseTarget, input: unknown): void {
  const parsed = replySchema.safeParse(input);
  if (!parsed.success) throw new SlackError('invalid_payload');
  const reply = parsed.data;
  const original = core.state.messages.find((message) => message.channel === target.channel && message.ts === target.messageTs);
  if (reply.delete_original) {
    if (original) core.state.removeMessage(original);
    return;
  }
  const blocks = readBlocks(typeof reply.blocks === 'string' ? JSON.parse(reply.blocks) : reply.blocks) ?? [];
  if (!reply.text && blocks.length === 0) throw new SlackError('no_text');
  if (reply.replace_original && original) {
    core.state.rewrite(original, reply.text ?? '', blocks);
    return;
  }
  const threadTs = reply.thread_ts ?? target.threadTs;
  core.state.addMessage({
    channel: target.channel,
    user: core.state.workspace.app.botUserId,
    byApp: true,
    text: reply.text ?? '',
    blocks,
    ...(reply.response_type === 'in_channel' ? {} : { onlyFor: target.user }),
    ...(threadTs === undefined ? {} : { threadTs }),
  });
}

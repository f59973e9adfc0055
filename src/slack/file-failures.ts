import { readFailure } from './failures.ts';

/** What a failed call about a file means: it may work later, or it never will, and then what to do (mrkdwn). */
export type FileFailure =
  | { readonly kind: 'later'; readonly seconds: number; readonly code: string }
  | { readonly kind: 'refused'; readonly code: string; readonly text: string };

const SCOPE =
  'Slack does not let me handle files: the app lacks the scope `files:write`. Whoever runs me adds it under *OAuth & Permissions* and installs the app again.';
const INVITE = 'I am not a member of that channel, so the file cannot go there. Type `/invite @hotswap` in it.';
const TOKEN = 'Slack does not take my token any more. Whoever runs me sees to SLACK_BOT_TOKEN.';
const OFF = 'This workspace does not allow files to be uploaded. An owner of the workspace decides that.';

/** Error codes of files.getUploadURLExternal, files.completeUploadExternal and files.delete (docs.slack.dev). */
const REFUSALS: Readonly<Record<string, string>> = {
  missing_scope: SCOPE,
  not_allowed_token_type: SCOPE,
  no_permission: SCOPE,
  not_in_channel: INVITE,
  channel_not_found: INVITE,
  is_archived: 'That channel is archived. Ask in another one.',
  thread_not_found: 'The message that began the thread is gone. Ask again.',
  posting_to_channel_denied: 'The workspace does not let me post to that channel.',
  restricted_action: 'The workspace does not let me post to that channel.',
  invalid_auth: TOKEN,
  not_authed: TOKEN,
  token_revoked: TOKEN,
  token_expired: TOKEN,
  account_inactive: TOKEN,
  file_uploads_disabled: OFF,
  file_uploads_except_images_disabled: OFF,
  file_type_restricted: OFF,
  storage_limit_reached: 'The workspace has no room left for files. Remove old ones, or ask an owner of the workspace.',
  file_too_large: 'Slack says that the file is too large. Ask for a shorter time, or let whoever runs me lower bundle.archiveBytes.',
  file_not_found: 'Slack no longer has the file.',
  malware_detected: 'Slack took the file for malware and refused it.',
  cant_delete_file: 'Slack does not let me delete this file. An owner of the workspace can.',
};
/** A second or so, where Slack says nothing. */
const PAUSE_SECONDS = 2;

export function readFileFailure(error: unknown): FileFailure {
  const failure = readFailure(error);
  if (failure.kind === 'wait') return { kind: 'later', seconds: failure.seconds, code: 'ratelimited' };
  const text = REFUSALS[failure.code];
  if (text !== undefined) return { kind: 'refused', code: failure.code, text };
  if (failure.kind === 'later') return { kind: 'later', seconds: PAUSE_SECONDS, code: failure.code };
  return { kind: 'refused', code: failure.code, text: `Slack answers \`${failure.code}\`.` };
}

import type {
  App,
  BlockAction,
  ButtonAction,
  RespondFn,
  SlackActionMiddlewareArgs,
  SlackViewMiddlewareArgs,
  ViewSubmitAction,
} from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { takeUpInteraction } from '../store/interactions.ts';
import { explain, Refusal } from './refusal.ts';
import type { HandlerContext } from './types.ts';

/** A pressed button: where, by whom, and the value that it carries. */
export interface Press {
  readonly actionId: string;
  readonly value: string;
  readonly user: string;
  readonly team: string;
  readonly channel: string | null;
  readonly triggerId: string;
  readonly client: WebClient;
  /** Tells the person alone. */
  tell(text: string): Promise<void>;
  readonly body: BlockAction;
}

/**
 * Registers a button. The press is acknowledged at once and taken up once, however often Slack delivers it; whatever `work` throws is
 * told to the person alone, in words.
 */
export function onPress(app: App, pattern: RegExp, context: HandlerContext, work: (press: Press) => Promise<void>): void {
  app.action<BlockAction<ButtonAction>>({ type: 'block_actions', action_id: pattern }, async ({ ack, action, body, client, respond }) => {
    await ack();
    const tell = teller(client, body, respond, context);
    const triggerId = body.trigger_id;
    try {
      if (!(await takeUpInteraction(context.store, `action ${triggerId} ${action.action_id}`))) return;
      await work({
        actionId: action.action_id,
        value: action.value ?? '',
        user: body.user.id,
        team: body.team?.id ?? body.user.team_id ?? '',
        channel: body.channel?.id ?? null,
        triggerId,
        client,
        tell,
        body,
      });
    } catch (error) {
      const { text, id } = explain(error, context.newId);
      if (id !== null) context.log.error({ err: error, id, action: action.action_id }, 'a button failed');
      await tell(text);
    }
  });
}

/** An ephemeral answer where the button is in a message, else a direct message. A failure is logged: there is no other way to tell. */
function teller(client: WebClient, body: SlackActionMiddlewareArgs<BlockAction>['body'], respond: RespondFn, { log }: HandlerContext) {
  return async (text: string): Promise<void> => {
    try {
      if (body.response_url !== undefined && body.response_url !== '') {
        await respond({ response_type: 'ephemeral', replace_original: false, text });
        return;
      }
      await tellDirectly(client, body.user.id, text);
    } catch (error) {
      log.error({ err: error, user: body.user.id }, 'an answer could not be given');
    }
  };
}

/** A submitted modal. `values` holds the state by block_id and action_id. */
export interface Submission {
  readonly metadata: string;
  readonly values: ViewSubmitAction['view']['state']['values'];
  readonly user: string;
  readonly team: string;
  readonly client: WebClient;
  readonly body: ViewSubmitAction;
}

/** What the modal shows after it was submitted: nothing more, errors at its inputs (by block_id), or another view. */
export type SubmissionAnswer = Parameters<SlackViewMiddlewareArgs<ViewSubmitAction>['ack']>[0];

/**
 * Registers a modal. `work` has about a second, asks nothing of Slack and returns what to acknowledge with; it must itself be safe to
 * run twice. What it throws is shown in the modal.
 */
export function onSubmit(
  app: App,
  callbackId: string,
  context: HandlerContext,
  work: (submission: Submission) => Promise<SubmissionAnswer | undefined>,
): void {
  app.view<ViewSubmitAction>({ type: 'view_submission', callback_id: callbackId }, async ({ ack, view, body, client }) => {
    try {
      const answer = await work({
        metadata: view.private_metadata,
        values: view.state.values,
        user: body.user.id,
        team: body.team?.id ?? '',
        client,
        body,
      });
      await (answer === undefined ? ack() : ack(answer));
    } catch (error) {
      const { text, id } = explain(error, context.newId);
      if (id !== null) context.log.error({ err: error, id, view: callbackId }, 'a modal failed');
      await ack({ response_action: 'update', view: failedView(text) });
    }
  });
}

function failedView(text: string) {
  return {
    type: 'modal' as const,
    title: { type: 'plain_text' as const, text: 'Not done' },
    close: { type: 'plain_text' as const, text: 'Close' },
    blocks: [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text } }],
  };
}

/** A direct message of the bot (needs im:write). */
async function tellDirectly(client: WebClient, user: string, text: string): Promise<void> {
  const { channel } = await client.conversations.open({ users: user });
  if (channel?.id === undefined) throw new Refusal('Slack opened no direct message.');
  await client.chat.postMessage({ channel: channel.id, text });
}

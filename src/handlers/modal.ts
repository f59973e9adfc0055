import type { ModalView } from '@slack/types';
import { loadingModal, noticeModal } from '../slack/render/evidence.ts';
import type { FixContext } from './fix-context.ts';
import type { Press } from './listen.ts';
import { explain, Refusal } from './refusal.ts';
import type { Asked } from './types.ts';

/** Opens a modal. A trigger lives 3 s, so one that says "one moment" opens first and is filled then, if only with why not. */
export async function openModal(
  title: string,
  press: Pick<Press, 'client' | 'triggerId'>,
  context: FixContext,
  make: () => Promise<ModalView>,
): Promise<void> {
  const { view } = await press.client.views.open({ trigger_id: press.triggerId, view: loadingModal(title) });
  if (view?.id === undefined) throw new Refusal('Slack opened no window. Press the button again.');
  await press.client.views.update({ view_id: view.id, view: await viewOrNotice(title, make, context) });
}

/** The same for a command, which must be answered before Slack is asked anything: the window opens afterwards. */
export function openFromCommand(title: string, asked: Asked, context: FixContext, make: () => Promise<ModalView>): void {
  const { client } = context;
  openModal(title, { client, triggerId: asked.triggerId }, context, make).catch(async (error: unknown) => {
    context.log.warn({ err: error, title }, 'no window could be opened');
    await asked.follow(`Slack opened no window (“${title}”). Nothing was sent. Type it again, or press the button in the thread.`);
  });
}

/** The view, or a notice with the reason why there is none. */
export async function viewOrNotice(title: string, make: () => Promise<ModalView>, context: FixContext): Promise<ModalView> {
  try {
    return await make();
  } catch (error) {
    const { text, id } = explain(error, context.newId);
    if (id !== null) context.log.error({ err: error, id, title }, 'a window could not be shown');
    return noticeModal(title, text);
  }
}

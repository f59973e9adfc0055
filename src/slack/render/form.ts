import type { KnownBlock, ModalView } from '@slack/types';

interface Form {
  readonly callback: string;
  readonly title: string;
  readonly submit: string;
  /** Travels with it, and comes back with what was typed. */
  readonly metadata: string;
  readonly blocks: KnownBlock[];
}

/** A window that asks something. */
export function formModal({ callback, title, submit, metadata, blocks }: Form): ModalView {
  return {
    type: 'modal',
    callback_id: callback,
    private_metadata: metadata,
    title: { type: 'plain_text', text: title },
    submit: { type: 'plain_text', text: submit },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks,
  };
}

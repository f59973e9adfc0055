import type { ActionsBlock, Button } from '@slack/types';
import { button } from './actions.ts';
import { BUNDLE } from './bundle-actions.ts';

/** action_ids of the buttons that call other people, and callback_ids of their modals and of the message shortcut. */
export const HELP = {
  page: 'help:page',
  paging: 'help:paging',
  resolve: 'help:resolve',
  issue: 'help:issue',
  opening: 'help:opening',
  handover: 'help:handover',
  handoverShortcut: 'handover',
} as const;

/** The buttons under every report, whatever it says. `id` is that of a run or of its thread. */
export function helpActions(id: string): ActionsBlock {
  const bundle = button('Support bundle…', { id: BUNDLE.ask, value: id, label: 'Collect a support bundle into the thread' });
  return { type: 'actions', elements: [bundle, ...callButtons(id)] };
}

/** Those that call or tell other people. */
export function callButtons(id: string): Button[] {
  return [
    button('Page on-call…', { id: HELP.page, value: id, label: 'Page whoever is on call about this' }),
    button('Open GitHub issue…', { id: HELP.issue, value: id, label: 'Open a GitHub issue with this report' }),
    button('Handover', { id: HELP.handover, value: id, label: 'Write a handover note into the thread' }),
  ];
}

import type { KnownBlock } from '@slack/types';
import type { Freeze } from '../../store/freezes.ts';
import { button } from './actions.ts';
import { section } from './blocks.ts';
import type { RenderedMessage } from './report.ts';
import { escapeShort, slackTime } from './text.ts';

/** action_id of the button that lets everything go on. Its value is the id of the freeze. */
export const LIFT = 'freeze:lift';

/** The banner in the channel. `waiting`: approved fixes that wait for it to be lifted. */
export function renderBanner(freeze: Freeze, waiting: number): RenderedMessage {
  if (freeze.lifted !== null) {
    const over = `The freeze of <@${freeze.by}> was lifted by <@${freeze.lifted.by}>, ${slackTime(freeze.lifted.at)}. Fixes run again.`;
    return { text: over, blocks: [section(over)] };
  }
  const text = `Everything is frozen: no fix is carried out. By <@${freeze.by}>, ${slackTime(freeze.at)}${reasonOf(freeze)}.`;
  const left = 'Fixes that ran were stopped at their next step; their messages say what was done. An approver lifts it.';
  const approved =
    waiting === 0
      ? ''
      : ` ${waiting === 1 ? 'One approved fix waits' : `${waiting} approved fixes wait`} and runs then, unless it expires.`;
  const blocks: KnownBlock[] = [
    section(`:no_entry: *${text}*\n${left}${approved}`),
    {
      type: 'actions',
      elements: [
        button('Lift the freeze', {
          id: LIFT,
          value: freeze.id,
          confirm: {
            title: { type: 'plain_text', text: 'Lift the freeze?' },
            text: { type: 'plain_text', text: 'Approved fixes that have not expired are planned again and then run.' },
            confirm: { type: 'plain_text', text: 'Lift' },
            deny: { type: 'plain_text', text: 'Not now' },
          },
        }),
      ],
    },
  ];
  return { text, blocks };
}

/** What the message of a request says while a freeze stands, after its first two blocks. */
export function withFreeze({ text, blocks }: RenderedMessage, freeze: Freeze): RenderedMessage {
  const said = `*Frozen* by <@${freeze.by}>, ${slackTime(freeze.at)}${reasonOf(freeze)}. Nothing is carried out until it is lifted: an approved fix waits, and expires if that takes too long.`;
  return { text, blocks: [...blocks.slice(0, 2), section(said), ...blocks.slice(2)] };
}

const reasonOf = ({ reason }: Freeze): string => (reason === '' ? '' : `: ${escapeShort(reason, 300)}`);

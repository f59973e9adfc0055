/** A message with every block that the stand-in takes in messages. */
const plain = (text: string) => ({ type: 'plain_text', text });
const rich = (text: string) => ({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }] });

export const sampleReport = [
  { type: 'header', text: plain(':rotating_light: SEV-2 · p99 2.4 s against 200 ms') },
  {
    type: 'section',
    text: {
      type: 'mrkdwn',
      text: '*A lock chain holds up 14 sessions.* Held by `pid 4211`, _idle in transaction_ since <!date^1795460000^{date_short} {time}|then>.',
    },
    accessory: { type: 'overflow', action_id: 'more', options: [{ text: plain('Show the SQL'), value: 'sql' }] },
  },
  {
    type: 'section',
    fields: ['*p99*\n2,412 ms', '*Threshold*\n200 ms', '*Waiting*\n14 sessions', '*Since*\n6 minutes'].map((text) => ({
      type: 'mrkdwn',
      text,
    })),
  },
  {
    type: 'plan',
    title: 'What was looked at',
    tasks: [
      { type: 'task_card', task_id: 'a', title: 'Locks', status: 'complete', output: rich('one holder, 14 waiting') },
      { type: 'task_card', task_id: 'b', title: 'Slow statements', status: 'in_progress' },
      { type: 'task_card', task_id: 'c', title: 'Downstream', status: 'pending' },
      { type: 'task_card', task_id: 'd', title: 'Vault', status: 'error', details: rich('timed out after 5 s') },
    ],
  },
  {
    type: 'table',
    column_settings: [{ align: 'left' }, { align: 'right' }],
    rows: [
      [
        { type: 'raw_text', text: 'Session' },
        { type: 'raw_text', text: 'Waiting' },
      ],
      [
        { type: 'raw_text', text: 'pid 4302 UPDATE approvals' },
        { type: 'raw_number', value: 361, text: '361 s' },
      ],
      [
        { type: 'raw_text', text: 'pid 4310 UPDATE approvals' },
        { type: 'raw_number', value: 355, text: '355 s' },
      ],
    ],
  },
  {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_list',
        style: 'bullet',
        elements: [rich('CPU is at 31 %').elements[0], rich('the pool has free connections').elements[0]],
      },
      {
        type: 'rich_text_preformatted',
        elements: [{ type: 'text', text: "select pid, state from pg_stat_activity\nwhere wait_event_type = 'Lock';" }],
      },
    ],
  },
  { type: 'divider' },
  {
    type: 'actions',
    elements: [
      {
        type: 'button',
        action_id: 'end_session',
        text: plain('End session'),
        style: 'danger',
        confirm: {
          title: plain('End the session?'),
          text: plain('Its transaction is rolled back.'),
          confirm: plain('End it'),
          deny: plain('Keep it'),
        },
      },
      { type: 'button', action_id: 'again', text: plain('Run again') },
      {
        type: 'static_select',
        action_id: 'target',
        placeholder: plain('Target'),
        options: [{ text: plain('production'), value: 'production' }],
      },
    ],
  },
  { type: 'markdown', text: '## Next\n1. **End** the session\n2. Look [here](https://example.com)' },
  { type: 'context', elements: [{ type: 'mrkdwn', text: 'Took 1.8 s · target *production* · <@U0ANA0001>' }] },
];

import { events } from '../evidence/events.ts';
import { moreRecent, secondsSince } from '../rules/moments.ts';
import { seconds } from '../rules/phrases.ts';
import { defineShow } from '../show.ts';

export const showEvents = defineShow({
  id: 'show.events',
  title: 'Events',
  aliases: ['events', 'event'],
  needs: { events },
  tables({ events: all }, { now, question: { pod, sinceSeconds } }) {
    if (all === undefined) return [];
    const rows = all
      .map((event) => ({ ...event, ageSeconds: secondsSince(event.at, now) ?? 0 }))
      .filter(({ kind, name }) => pod === undefined || (kind === 'Pod' && name === pod))
      .filter(({ ageSeconds }) => sinceSeconds === undefined || ageSeconds <= sinceSeconds)
      .sort((a, b) => moreRecent(a.at, b.at))
      .map(({ ageSeconds, warning, reason, kind, name, count, note }) => [
        `${seconds(ageSeconds)} ago`,
        warning ? 'Warning' : 'Normal',
        reason,
        `${kind}/${name}`,
        String(count),
        note,
      ]);
    const whose = pod === undefined ? 'the Deployment, its ReplicaSets and its pods' : `the pod ${pod}`;
    const span = sinceSeconds === undefined ? '' : ` in the last ${seconds(sinceSeconds)}`;
    const note = `${rows.length === 0 ? 'There is none of' : 'Of'} ${whose}${span}, newest first. Kubernetes forgets events after about an hour.`;
    return [{ title: 'Events', columns: ['last seen', 'type', 'reason', 'object', 'count', 'note'], rows, note }];
  },
});

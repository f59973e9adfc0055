import { logTail } from '../evidence/log-tail.ts';
import { podLogs } from '../evidence/pod-logs.ts';
import type { Table } from '../report.ts';
import type { LogGroup } from '../rules/log-groups.ts';
import { type LogMessage, parseLog } from '../rules/log-lines.ts';
import { secondsSince } from '../rules/moments.ts';
import { count, seconds, some } from '../rules/phrases.ts';
import { defineShow, type SeenOf } from '../show.ts';

const needs = { podLogs, logTail };
/** Newest messages that are shown of all pods together, where nothing is searched for: each pod has its share of them. */
const MOST_MESSAGES = 40;
/** Of each pod, however many there are. */
const FEWEST_OF_A_POD = 2;

export const showLogs = defineShow({
  id: 'show.logs',
  title: 'Logs',
  aliases: ['logs', 'log'],
  needs,
  tables: (seen, { now, question }) => [...troubles(seen, now), ...newest(seen, question.contains !== undefined)],
});

type Seen = SeenOf<typeof needs>;

const BADNESS = { info: 0, warn: 1, error: 2, fatal: 3 } as const;

function troubles({ podLogs: logs }: Seen, now: Date): Table[] {
  if (logs === undefined) return [];
  const groups = logs.groups
    .filter(({ level }) => level !== 'info')
    .sort((a, b) => BADNESS[b.level] - BADNESS[a.level] || b.count - a.count);
  const rows = groups.map((group) => [
    group.level,
    String(group.count),
    group.pods.length === 1 ? some(group.pods) : count(group.pods.length, 'pod'),
    lastSeen(group, now),
    textOf(group),
  ]);
  const read = `the last ${seconds(logs.sinceSeconds)} of ${count(logs.podsRead, 'pod')}, ${count(logs.lines, 'line')}`;
  const note =
    rows.length === 0
      ? `There is no warning and no error in ${read}.`
      : `${count(logs.errors + logs.fatal, 'error')} and ${count(logs.warnings, 'warning')} in ${read}. What differs from one message to the next is taken out.`;
  return [{ title: 'Errors and warnings, the worst first', columns: ['level', 'times', 'pods', 'last seen', 'message'], rows, note }];
}

function lastSeen({ lastAt, previous, count: times }: LogGroup, now: Date): string {
  const age = lastAt === '' ? null : secondsSince(new Date(lastAt), now);
  const ended = previous === times ? ', before a restart' : '';
  return age === null || Number.isNaN(age) ? `?${ended}` : `${seconds(age)} ago${ended}`;
}

const textOf = ({ pattern, exception, frame }: LogGroup) =>
  [pattern, exception === '' || pattern.includes(exception) ? '' : `(${exception})`, frame === '' ? '' : `at ${frame}`]
    .filter((part) => part !== '')
    .join(' ');

type OfPod = LogMessage & { readonly pod: string };

function newest({ logTail: tail }: Seen, searched: boolean): Table[] {
  if (tail === undefined) return [];
  const byPod = Map.groupBy(
    tail.tails.flatMap(({ pod, text }) => parseLog(text).map((message): OfPod => ({ pod, ...message }))),
    ({ pod }) => pod,
  );
  const share = searched ? Number.POSITIVE_INFINITY : Math.max(FEWEST_OF_A_POD, Math.floor(MOST_MESSAGES / Math.max(1, byPod.size)));
  const messages = [...byPod.values()].flatMap((all) => all.sort(newestFirst).slice(0, share)).sort(newestFirst);
  const rows = messages.map(({ at, pod, level, message, detail }) => [
    timeOf(at),
    pod,
    level,
    detail === '' ? message : `${message} | ${detail}`,
  ]);
  const span = `the last ${seconds(tail.sinceSeconds)}`;
  const silent = [...new Set(tail.tails.map(({ pod }) => pod))].filter((pod) => !byPod.has(pod));
  const silence = silent.length === 0 ? '' : ` Nothing was logged by ${some(silent)}.`;
  const bounds = searched
    ? `Searched: at most ${tail.lines} lines of each container, of ${span}.`
    : `At most ${share} of each pod, of ${span}. Search with --contains.`;
  const columns = ['time (UTC)', 'pod', 'level', 'message'];
  return [{ title: 'Newest messages, newest first', columns, rows, note: `${bounds}${silence}` }];
}

const newestFirst = (a: LogMessage, b: LogMessage) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0);

/** The time of day of "2026-11-23T12:00:00.123456789Z". */
const timeOf = (at: string) => (at === '' ? '?' : at.slice('2026-11-23T'.length, '2026-11-23T12:00:00.123'.length));

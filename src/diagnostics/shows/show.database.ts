import { activity } from '../evidence/activity.ts';
import { capacity } from '../evidence/capacity.ts';
import { databaseOverview } from '../evidence/database-overview.ts';
import type { Table } from '../report.ts';
import { bytes, percent, seconds } from '../rules/phrases.ts';
import { defineShow, type SeenOf } from '../show.ts';

const needs = { overview: databaseOverview, capacity, activity };

export const showDatabase = defineShow({
  id: 'show.database',
  title: 'Database',
  aliases: ['database', 'db', 'postgres'],
  needs,
  tables: (seen) => [...atAGlance(seen), ...sessions(seen), ...tables(seen)],
});

type Seen = SeenOf<typeof needs>;

function atAGlance({ overview, capacity: room }: Seen): Table[] {
  if (overview === undefined) return [];
  const rows = [
    ['version', overview.version],
    ['size', bytes(overview.bytes)],
    ['sessions', room === undefined ? String(overview.sessions) : `${room.used} of ${room.usable} usable`],
    ['cache hits', overview.cacheHitRatio === null ? 'not known' : percent(overview.cacheHitRatio)],
    ['commits, rollbacks', `${overview.commits}, ${overview.rollbacks}`],
    ['deadlocks', String(overview.deadlocks)],
    ['temporary files', String(overview.temporaryFiles)],
    ['extensions', overview.extensions.map(({ name, version }) => `${name} ${version}`).join(', ')],
  ];
  return [{ title: 'At a glance', columns: ['what', 'value'], rows, note: null }];
}

function sessions({ activity: groups }: Seen): Table[] {
  if (groups === undefined) return [];
  const rows = groups.groups.map((group) => [
    group.application,
    group.role,
    group.client ?? '(local)',
    group.state,
    String(group.connections),
    seconds(group.longestInStateSeconds),
  ]);
  return [{ title: 'Sessions', columns: ['application', 'role', 'client', 'state', 'sessions', 'longest in it'], rows, note: null }];
}

function tables({ overview }: Seen): Table[] {
  if (overview === undefined) return [];
  const rows = overview.tables.map((table) => [
    table.name,
    bytes(table.bytes),
    String(table.liveRows),
    String(table.deadRows),
    String(table.sequentialScans),
    String(table.indexScans),
  ]);
  return [
    { title: 'Tables', columns: ['table', 'size with indexes', 'rows', 'dead rows', 'sequential scans', 'index scans'], rows, note: null },
  ];
}

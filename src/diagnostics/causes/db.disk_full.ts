import { anyOf } from '../rules/rule.ts';
import { botMeets, DATABASE_CONSEQUENCES, DATABASE_SYMPTOMS, loggedTimes } from '../signs/database.ts';
import { errorsAreHigh } from '../signs/latency.ts';
import { podsLogged } from '../signs/logs.ts';
import { defineCause } from '../types.ts';

const diskIsFull = anyOf(
  podsLogged('log.pg.disk_full', 'the disk of PostgreSQL is full'),
  botMeets('disk-full', 'is told that the disk is full'),
);

export const databaseDiskFull = defineCause({
  id: 'db.disk_full',
  title: 'The disk of PostgreSQL is full',
  requires: [diskIsFull],
  direct: diskIsFull,
  supports: [errorsAreHigh],
  explains: [...DATABASE_SYMPTOMS, ...DATABASE_CONSEQUENCES, 'db.not_accepting', 'db.unreachable.refused'],
  summary: (context) =>
    `${loggedTimes(context, 'log.pg.disk_full')} got error 53100: the server could not write for want of space. Reading goes on for as long as it needs no temporary file; a full WAL volume stops the server.`,
  advice: () => [
    'Make room on the volume of PostgreSQL, or enlarge it. Look first at logs, at old base backups, and at WAL that a replication slot holds back: SELECT slot_name, active, pg_size_pretty(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)) FROM pg_replication_slots. Never delete files in pg_wal by hand.',
  ],
});

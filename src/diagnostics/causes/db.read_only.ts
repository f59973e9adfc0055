import { pgConnect } from '../checks/pg.connect.ts';
import { pgSettings } from '../checks/pg.settings.ts';
import { decide, rule } from '../rules/rule.ts';
import { DATABASE_CONSEQUENCES, DATABASE_SYMPTOMS, loggedTimes } from '../signs/database.ts';
import { errorsAreHigh } from '../signs/latency.ts';
import { podsLogged } from '../signs/logs.ts';
import { defineCause } from '../types.ts';

const writesAreRefused = podsLogged('log.pg.read_only', 'PostgreSQL takes no writes');

const serverIsStandby = rule({ connect: pgConnect }, ({ connect }) =>
  decide(connect.inRecovery === true, 'The server is a standby (pg_is_in_recovery).', 'The server is no standby.'),
);

const settingForbidsWrites = rule({ settings: pgSettings }, ({ settings: { readOnlyFor } }) =>
  decide(
    readOnlyFor.length > 0,
    `default_transaction_read_only is on for ${readOnlyFor.join(', ')}.`,
    'Neither the database nor the role of the application has default_transaction_read_only set.',
  ),
);

export const databaseReadOnly = defineCause({
  id: 'db.read_only',
  title: 'PostgreSQL takes no writes from the application',
  requires: [writesAreRefused],
  direct: writesAreRefused,
  supports: [serverIsStandby, settingForbidsWrites, errorsAreHigh],
  explains: [...DATABASE_SYMPTOMS, ...DATABASE_CONSEQUENCES, 'pg.settings'],
  summary: (context) => {
    const text = `${loggedTimes(context, 'log.pg.read_only')} could not write (error 25006); reading works.`;
    const readOnlyFor = context.facts(pgSettings)?.readOnlyFor ?? [];
    if (context.facts(pgConnect)?.inRecovery === true) return `${text} The server is a standby.`;
    if (readOnlyFor.length > 0) return `${text} default_transaction_read_only is on for ${readOnlyFor.join(', ')}.`;
    return `${text} The server that the bot reaches is no standby: the pods may reach another one, or the setting is in its configuration.`;
  },
  advice: (context) => {
    if (context.facts(pgConnect)?.inRecovery === true)
      return [
        'Find out whether there was a failover: point the name or the connection string at the present primary. Promote this server (pg_promote()) only when it is certain that no other primary takes writes.',
      ];
    const [first] = context.facts(pgSettings)?.readOnlyFor ?? [];
    return [
      first === undefined
        ? 'Ask the server that the pods reach: SELECT pg_is_in_recovery(), and as the role of the application SHOW default_transaction_read_only. ALTER SYSTEM RESET default_transaction_read_only and SELECT pg_reload_conf() take it back.'
        : `Ask who set it and why. ALTER ${first} RESET default_transaction_read_only takes it back; it holds for new sessions, so let the pods connect again (restart the rollout).`,
    ];
  },
});

import { pgCapacity } from '../checks/pg.capacity.ts';
import { decide, rule } from '../rules/rule.ts';
import { DATABASE_CONSEQUENCES, DATABASE_SYMPTOMS, loggedTimes } from '../signs/database.ts';
import { errorsAreHigh } from '../signs/latency.ts';
import { podsLogged } from '../signs/logs.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

const roleIsFull = podsLogged('log.pg.role_limit', 'their role has no connection left');

const limitIsSeen = rule({ capacity: pgCapacity }, ({ capacity: { roleLimits } }) => {
  const full = roleLimits.filter(({ limit, used }) => used >= limit).map(({ role, limit }) => `${role} (${limit})`);
  return decide(full.length > 0, `Roles at their CONNECTION LIMIT: ${full.join(', ')}.`, 'No role is at its CONNECTION LIMIT just now.');
});

/** The limit of the application's role. That of the bot's own role says nothing of the service. */
export const databaseRoleLimit = defineCause({
  id: 'db.role_limit',
  title: "The application's database role may open no more connections",
  requires: [roleIsFull],
  direct: roleIsFull,
  supports: [limitIsSeen, errorsAreHigh],
  explains: [...DATABASE_SYMPTOMS, ...DATABASE_CONSEQUENCES],
  summary: (context) => {
    const limits = limitsOf(context).map(({ role, limit, used }) => `${role} holds ${used} of ${limit}`);
    const seen = limits.length === 0 ? '' : ` ${limits.join('; ')}.`;
    return `${loggedTimes(context, 'log.pg.role_limit')} got error 53300: the CONNECTION LIMIT of their role is reached, whatever the server has to spare.${seen}`;
  },
  advice: (context) => {
    const role = limitsOf(context)[0]?.role ?? context.target.database.applicationRoles[0] ?? 'hotswap';
    return [
      `Raise the limit to what the pods may open, a rollout included: ALTER ROLE ${role} CONNECTION LIMIT n (-1 is none); it holds at once and needs no restart. Or give each pod a smaller pool.`,
    ];
  },
});

function limitsOf(context: ConclusionContext) {
  return (context.facts(pgCapacity)?.roleLimits ?? []).filter(({ role }) => context.target.database.applicationRoles.includes(role));
}

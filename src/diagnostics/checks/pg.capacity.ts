import { capacity } from '../evidence/capacity.ts';
import { percent, some } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type CapacityFacts = {
  used: number;
  usable: number;
  usedRatio: number;
  active: number;
  idleInTransaction: number;
  waitingOnLock: number;
  limitsReached: string[];
  roleLimits: { role: string; limit: number; used: number }[];
  databaseLimit: number | null;
  inThisDatabase: number;
  holders: { who: string; role: string; connections: number }[];
  warnRatio: number;
  failRatio: number;
};

/** What the limits of the bot's own roles say is about the bot. */
const BOT_ROLES = 'hotswap_bot';

export const pgCapacity = defineCheck({
  id: 'pg.capacity',
  title: 'Connection slots',
  needs: { capacity },
  judge({ capacity: { data } }, { thresholds }): Judgement<CapacityFacts> {
    const { capacityWarnRatio, capacityFailRatio } = thresholds;
    const usedRatio = data.usable > 0 ? data.used / data.usable : 1;
    const roleLimits = data.roleLimits.filter(({ role }) => !role.startsWith(BOT_ROLES)).map((one) => ({ ...one }));
    const limitsReached = [
      ...roleLimits.filter(({ limit, used }) => used >= limit).map(({ role, limit }) => `role ${role} (${limit})`),
      ...(data.databaseLimit !== null && data.inThisDatabase >= data.databaseLimit ? [`database (${data.databaseLimit})`] : []),
    ];
    const facts = {
      used: data.used,
      usable: data.usable,
      usedRatio,
      active: data.active,
      idleInTransaction: data.idleInTransaction,
      waitingOnLock: data.waitingOnLock,
      limitsReached,
      roleLimits,
      databaseLimit: data.databaseLimit,
      inThisDatabase: data.inThisDatabase,
      holders: data.holders.map(({ role, application, client, database, connections }) => ({
        who: `${application || 'no name'} (role ${role || '?'}, ${client ?? 'local'}, database ${database || '?'})`,
        role,
        connections,
      })),
      warnRatio: capacityWarnRatio,
      failRatio: capacityFailRatio,
    };
    const text = `${data.used} of ${data.usable} usable connection slots are used (${percent(usedRatio)})`;
    if (limitsReached.length > 0)
      return { verdict: 'fail', summary: `A connection limit is reached: ${some(limitsReached)}; ${text}.`, facts };
    if (usedRatio > capacityFailRatio) return { verdict: 'fail', summary: `${text}, above ${percent(capacityFailRatio)}.`, facts };
    if (usedRatio > capacityWarnRatio) return { verdict: 'warn', summary: `${text}, above ${percent(capacityWarnRatio)}.`, facts };
    return { verdict: 'ok', summary: `${text}, not above ${percent(capacityWarnRatio)}.`, facts };
  },
});

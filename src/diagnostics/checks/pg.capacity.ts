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
  warnRatio: number;
  failRatio: number;
};

export const pgCapacity = defineCheck({
  id: 'pg.capacity',
  title: 'Connection slots',
  needs: { capacity },
  judge({ capacity: { data } }, { thresholds }): Judgement<CapacityFacts> {
    const { capacityWarnRatio, capacityFailRatio } = thresholds;
    const usedRatio = data.usable > 0 ? data.used / data.usable : 1;
    const limitsReached = [
      ...data.roleLimits
        .filter(({ role, limit, used }) => used >= limit && !role.startsWith('hotswap_bot'))
        .map(({ role, limit }) => `role ${role} (${limit})`),
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

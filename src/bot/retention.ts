import type { Logger } from '../config/logger.ts';
import type { Settings } from '../config/settings.ts';
import { appendAudit } from '../store/audit.ts';
import { cutAudit } from '../store/audit-chain.ts';
import { exclusively, type Store, transaction } from '../store/pool.ts';
import { forgetOld } from '../store/retention.ts';
import { startLoop } from './loop.ts';

const EVERY_MS = 3_600_000;

interface RetentionOptions {
  readonly store: Store;
  readonly retention: Settings['retention'];
  readonly log: Logger;
  now(): Date;
}

/** Forgets what is older than the settings say, every hour until stopped; one process at a time does it. */
export function startRetention(options: RetentionOptions): { stop(): Promise<void> } {
  return startLoop('what is old could not be forgotten', EVERY_MS, options.log, async () => {
    await exclusively(options.store, 'hotswap retention', () => forgetOnce(options));
  });
}

/** One round. What went is written into the audit trail, and the trail itself says where it begins now. */
export async function forgetOnce({ store, retention, log, now }: RetentionOptions): Promise<void> {
  const { evidenceDays, auditDays } = retention;
  const forgotten = await forgetOld(store, { evidenceDays, requestDays: auditDays });
  const audit = await cutAudit(store, auditDays, 'retention', now());
  if (Object.values(forgotten).every((number) => number === 0) && audit === 0) return;
  log.info({ ...forgotten, audit }, 'what is old was forgotten');
  const event = { at: now(), event: 'forgotten', actor: 'retention', requestId: null, target: null, fingerprint: null };
  await transaction(store, (db) => appendAudit(db, { ...event, details: { ...forgotten, audit, evidenceDays, auditDays } }));
}

import { pino } from 'pino';
import { type Collection, startCollection } from '../diagnostics/collect.ts';
import type { CollectorContext } from './types.ts';

/** A bundle is in less of a hurry than a diagnosis: it waits so many times as long for an answer. */
const PATIENCE = 3;
const LEAVES_AS_IT_IS = { text: (text: string) => text, data: <Data>(data: Data) => data };

/** Reads sources as a diagnosis does. Secrets stay in: they are taken out of each file as it is written. */
export function openReading({ target, clients, settings, now, sinceSeconds, signal }: CollectorContext): Collection {
  return startCollection({
    target,
    clients,
    now,
    signal,
    diagnostics: { ...settings.diagnostics, readTimeoutMs: PATIENCE * settings.diagnostics.readTimeoutMs },
    thresholds: settings.thresholds,
    question: { sinceSeconds },
    logger: pino({ level: 'silent' }),
    redactor: LEAVES_AS_IT_IS,
  });
}

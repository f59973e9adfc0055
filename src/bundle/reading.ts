import { pino } from 'pino';
import { type Collection, startCollection } from '../diagnostics/collect.ts';
import type { Evidence, Missing } from '../diagnostics/types.ts';
import { isMomentary } from './once-more.ts';
import type { CollectorContext } from './types.ts';

/** A bundle is in less of a hurry than a diagnosis: it waits so many times as long for an answer. */
const PATIENCE = 3;
const LEAVES_AS_IT_IS = { text: (text: string) => text, data: <Data>(data: Data) => data };

/**
 * Reads sources as a diagnosis does, and once more what got no answer; a system that left every question open has been asked often
 * enough. Secrets stay in: they are taken out of each file as it is written.
 */
export function openReading(context: CollectorContext): Collection {
  const first = begin(context);
  const second = begin(context);
  const isOver = () => context.signal.aborted;
  return {
    async collect(sources) {
      const all = [...sources];
      const found = new Map(await first.collect(all));
      const answering = new Set([...found].filter(([, { kind }]) => kind === 'collected').map(([id]) => systemOf(id)));
      const silent = all.filter(({ id }) => {
        const evidence = found.get(id);
        return isSilent(evidence) && answering.has(systemOf(evidence.builtOn ?? id));
      });
      if (silent.length === 0 || isOver()) return found;
      for (const [id, evidence] of await second.collect(silent)) if (found.get(id)?.kind !== 'collected') found.set(id, evidence);
      return found;
    },
    async read(source) {
      const evidence = await first.read(source);
      return isSilent(evidence) && !isOver() ? second.read(source) : evidence;
    },
  };
}

const isSilent = (evidence: Evidence<unknown> | undefined): evidence is Missing =>
  evidence?.kind === 'missing' && isMomentary(evidence.reason);

/** What a source asks, such as `pg`. */
const systemOf = (id: string) => id.split('.')[0];

function begin({ target, clients, settings, now, sinceSeconds, signal }: CollectorContext): Collection {
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

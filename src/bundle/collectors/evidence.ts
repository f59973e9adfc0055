import { pino } from 'pino';
import { collectSources } from '../../diagnostics/collect.ts';
import type { Registry } from '../../diagnostics/registry.ts';
import type { Source } from '../../diagnostics/types.ts';
import { json } from '../layout.ts';
import type { Collector } from '../types.ts';

const LEAVES_AS_IT_IS = { text: (text: string) => text, data: <Data>(data: Data) => data };

/** Everything that a diagnosis reads, each with the command that asks the same: PostgreSQL, Prometheus, Vault, the hub and the rest. */
export function evidenceOf(registry: Registry): Collector {
  const sources = new Map<string, Source<unknown>>(
    [...registry.checks.values(), ...registry.shows.values()].flatMap((one) => one.sources).map((source) => [source.id, source]),
  );
  return {
    id: 'evidence',
    title: 'What a diagnosis reads',
    async *collect({ target, clients, settings, now, sinceSeconds, signal, lacks }) {
      const found = await collectSources(sources.values(), {
        target,
        clients,
        now,
        signal,
        diagnostics: settings.diagnostics,
        thresholds: settings.thresholds,
        question: { sinceSeconds },
        logger: pino({ level: 'silent' }),
        redactor: LEAVES_AS_IT_IS, // secrets are taken out of each file as it is written
      });
      for (const [id, evidence] of found) {
        if (evidence.kind === 'missing') lacks({ what: `evidence/${id}.json`, reason: evidence.message, mend: evidence.mend });
        else yield { path: `evidence/${id}.json`, content: json(evidence) };
      }
    },
  };
}

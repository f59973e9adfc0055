import { pino } from 'pino';
import { collectSources } from '../../diagnostics/collect.ts';
import type { Registry } from '../../diagnostics/registry.ts';
import type { Source } from '../../diagnostics/types.ts';
import { json } from '../layout.ts';
import { defineCollector } from '../types.ts';

const LEAVES_AS_IT_IS = { text: (text: string) => text, data: <Data>(data: Data) => data };

/** Everything that a diagnosis reads, each with the command that asks the same: PostgreSQL, Prometheus, Vault, the hub and the rest. */
export const evidence = defineCollector({
  id: 'evidence',
  title: 'What a diagnosis reads',
  async *collect({ target, clients, settings, now, sinceSeconds, signal, lacks, registry }) {
    const found = await collectSources(sourcesOf(registry), {
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
    for (const [id, read] of found) {
      if (read.kind === 'missing') lacks({ what: `evidence/${id}.json`, reason: read.message, mend: read.mend });
      else yield { path: `evidence/${id}.json`, content: json(read) };
    }
  },
});

function sourcesOf({ checks, shows }: Registry): Iterable<Source<unknown>> {
  const sources = [...checks.values(), ...shows.values()].flatMap((one) => one.sources);
  return new Map(sources.map((source): [string, Source<unknown>] => [source.id, source])).values();
}

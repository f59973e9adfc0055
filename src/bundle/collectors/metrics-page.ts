import type { Probe } from '../../clients/http-read.ts';
import { json } from '../layout.ts';
import { defineCollector } from '../types.ts';

const MOST_BYTES = 8 * 1024 * 1024;

/** The service's own page of metrics, of whichever pod answers. */
export const metricsPage = defineCollector({
  id: 'metrics-page',
  title: 'The page of metrics',
  async *collect({ target, clients, signal, lacks }) {
    const path = target.application.metricsPath;
    const answer = await clients.http.request({ method: 'GET', path, maxBytes: MOST_BYTES, timeoutMs: 10_000, signal });
    const { body, ...head } = answer;
    yield { path: 'metrics/answer.json', content: json({ path, ...head }) };
    if (answer.status === 200) yield { path: 'metrics/page.txt', content: body };
    else lacks({ what: 'metrics/page.txt', reason: `${path} ${wordsFor(answer)}.`, mend: '' });
  },
});

const wordsFor = ({ status, failure }: Pick<Probe, 'status' | 'failure'>): string =>
  status === null ? `did not answer (${failure ?? 'no reason given'})` : `answered ${status}`;

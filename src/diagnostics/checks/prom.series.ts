import { seriesNames } from '../evidence/series-names.ts';
import { count } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type SeriesFacts = {
  names: number;
  present: string | null;
  presentProfile: string | null;
  expected: string | null;
  expectedProfile: string | null;
};

export const promSeries = defineCheck({
  id: 'prom.series',
  title: 'Names of the series',
  needs: { seriesNames },
  judge({ seriesNames: { data } }, { target }): Judgement<SeriesFacts> {
    const facts = {
      names: data.names.length,
      present: data.present,
      presentProfile: data.presentProfile,
      expected: data.expected,
      expectedProfile: data.expectedProfile,
    };
    if (data.names.length === 0)
      return { verdict: 'unknown', summary: `Prometheus has had no series with {${target.prometheus.selector}} in the last day.`, facts };
    if (data.present === null)
      return {
        verdict: 'unknown',
        summary: `Of ${count(data.names.length, 'metric')} of the last day, no histogram of request durations has series now${data.expected === null ? '' : ` (expected: ${data.expected})`}.`,
        facts,
      };
    if (data.present !== data.expected)
      return {
        verdict: 'fail',
        summary: `The service's series are called ${data.present} (${data.presentProfile ?? ''}) now, and ${data.expected ?? 'another name'} (${data.expectedProfile ?? ''}) is what is expected.`,
        facts,
      };
    return { verdict: 'ok', summary: `Prometheus has ${data.present} (${data.presentProfile ?? ''}) of the service.`, facts };
  },
});

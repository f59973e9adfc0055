import { chooseProfile, PROFILES, presentHistogramsQuery } from '../rules/promql.ts';
import { promql } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { candidatesOf, PROMETHEUS_PERMISSION } from './metric-profile.ts';

/** How far back the names are looked at: older ones are of instrumentations that everybody has forgotten. */
const PAST_MS = 24 * 3_600_000;

interface SeriesNames {
  /** Names of the series that Prometheus holds of the service: those of now, and of the last day. */
  readonly names: readonly string[];
  /** The histogram of request durations whose series are there at this moment; null: none that the bot knows. */
  readonly present: string | null;
  readonly presentProfile: string | null;
  /** The one that is expected: by the configuration, or because it is what the past was recorded under. */
  readonly expected: string | null;
  readonly expectedProfile: string | null;
}

/** Which names the service's series have, and had: what dashboards ask for is what was there when they were made. */
export const seriesNames = defineSource<SeriesNames>({
  id: 'prom.series',
  title: 'Names of the series',
  permission: PROMETHEUS_PERMISSION,
  asked: (target) => promql(target, presentHistogramsQuery([...candidatesOf(target), ...PROFILES], target.prometheus.selector)),
  async collect({ target, clients, now: runAt, signal }) {
    const { selector } = target.prometheus;
    const expectable = candidatesOf(target);
    const known = [...expectable, ...PROFILES];
    const [names, samples] = await Promise.all([
      clients.prometheus.metricNames(selector, signal, new Date(runAt.getTime() - PAST_MS)),
      clients.prometheus.query(presentHistogramsQuery(known, selector), signal),
    ]);
    const now = samples.map(({ labels }) => labels.__name__ ?? '');
    const present = chooseProfile(now, known);
    // a name of the past that is gone tells what was expected; where nothing is gone, what is there is what is expected
    const gone = names.filter((name) => !now.includes(name) && !now.includes(name.replace(/_bucket$/, '_count')));
    const past = expectable.filter((profile) => profile.duration !== present?.duration);
    const fixed = target.prometheus.profile === 'auto' ? undefined : expectable[0];
    const expected = fixed ?? chooseProfile(gone, past) ?? present;
    return {
      data: {
        names,
        present: present?.duration ?? null,
        presentProfile: present?.name ?? null,
        expected: expected?.duration ?? null,
        expectedProfile: expected?.name ?? null,
      },
      complete: true,
    };
  },
});

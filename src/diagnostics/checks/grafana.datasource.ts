import { grafana } from '../evidence/grafana.ts';
import { short } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type GrafanaFacts = {
  configured: boolean;
  version: string | null;
  database: string | null;
  datasource: string;
  state: string;
  message: string;
};

export const grafanaDatasource = defineCheck({
  id: 'grafana.datasource',
  title: "Grafana's data source",
  needs: { grafana },
  judge({ grafana: { data } }): Judgement<GrafanaFacts> {
    const { state, datasource } = data;
    if (state === null)
      return {
        verdict: 'not-applicable',
        summary: 'No Grafana is configured for this target.',
        facts: { configured: false, version: null, database: null, datasource: '', state: 'not-configured', message: '' },
      };
    const facts = {
      configured: true,
      version: state.version,
      database: state.database,
      datasource,
      state: state.datasource,
      message: state.message,
    };
    const said = state.message === '' ? '' : `: ${short(state.message, 200)}`;
    if (state.datasource === 'missing')
      return { verdict: 'fail', summary: `Grafana has no data source with the uid ${datasource}.`, facts };
    if (state.datasource === 'error') return { verdict: 'fail', summary: `Grafana cannot ask its data source ${datasource}${said}`, facts };
    if (state.database !== 'ok') return { verdict: 'warn', summary: `Grafana's own database is "${state.database}".`, facts };
    if (state.datasource === 'unknown')
      return { verdict: 'unknown', summary: `Grafana does not say whether it can ask its data source ${datasource}${said}`, facts };
    return { verdict: 'ok', summary: `Grafana can ask its data source ${datasource}.`, facts };
  },
});

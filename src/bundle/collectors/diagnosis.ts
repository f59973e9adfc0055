import { FIXES, json } from '../layout.ts';
import { defineCollector } from '../types.ts';

/** `fixes.json` is for people, `requests.json` has the records whole. */
export const diagnosis = defineCollector({
  id: 'diagnosis',
  title: 'The diagnosis, and what was done',
  async *collect({ incident, show, lacks }) {
    if (incident.lacking !== undefined) lacks(incident.lacking);
    const report = await incident.report();
    show({ report });
    if (report !== null) yield { path: 'diagnosis/report.json', content: json(report) };
    if (incident.requests.length === 0) return;
    yield { path: FIXES, content: json(incident.fixes) };
    yield { path: 'diagnosis/requests.json', content: json(incident.requests) };
  },
});

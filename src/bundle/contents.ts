import type { Registry } from '../diagnostics/registry.ts';
import type { Report } from '../diagnostics/report.ts';
import { clusterResources } from './collectors/cluster-resources.ts';
import { evidenceOf } from './collectors/evidence.ts';
import { metricsPage } from './collectors/metrics-page.ts';
import { podLogs } from './collectors/pod-logs.ts';
import { postgres } from './collectors/postgres.ts';
import { prometheusRanges } from './collectors/prometheus-ranges.ts';
import { json } from './layout.ts';
import type { Manifest } from './manifest.ts';
import { type Chart, reportPage } from './report-page.ts';
import type { BundleFile, Collector } from './types.ts';

/** What a bundle tells beside what is collected from the systems. */
export interface Incident {
  /** The report of the thread, or a fresh one; null where there is none. */
  report(): Promise<Report | null>;
  /** What was done about it, a line each, oldest first, and the whole records. */
  readonly fixes: readonly string[];
  readonly requests: readonly unknown[];
}

/** The parts of a bundle: what to collect, and the page that tells of it all. */
export function bundleContents(
  registry: Registry,
  incident: Incident,
): {
  readonly collectors: readonly Collector[];
  closing(manifest: Manifest): readonly BundleFile[];
} {
  let charts: readonly Chart[] = [];
  let report: Report | null = null;
  const diagnosis: Collector = {
    id: 'diagnosis',
    title: 'The diagnosis, and what was done',
    async *collect() {
      report = await incident.report();
      if (report !== null) yield { path: 'diagnosis/report.json', content: json(report) };
      if (incident.requests.length > 0) yield { path: 'diagnosis/requests.json', content: json(incident.requests) };
    },
  };
  const ranges = prometheusRanges((read) => {
    charts = read;
  });
  return {
    collectors: [podLogs, clusterResources, evidenceOf(registry), ranges, metricsPage, postgres, diagnosis],
    closing: ({ target, createdAt, told, missing }) => {
      const content = { target, createdAt: new Date(createdAt), told, report, fixes: incident.fixes, charts, missing };
      return [{ path: 'report.html', content: reportPage(content) }];
    },
  };
}

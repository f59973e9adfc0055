import { loadFolder } from '../diagnostics/load-folder.ts';
import type { Registry } from '../diagnostics/registry.ts';
import type { Manifest } from './manifest.ts';
import { reportPage } from './page/report-page.ts';
import { type BundleFile, type Collector, type Incident, isCollector, type Parts, type Shown } from './types.ts';

/** Every part of a bundle: the folder is the registry. @throws Error where a file of it defines none, or one of another name */
export async function loadCollectors(): Promise<readonly Collector[]> {
  return [...(await loadFolder(new URL('collectors/', import.meta.url), isCollector, 'defineCollector')).values()];
}

/** What one bundle is made of: what to collect, what the collectors need for it, and the page that tells of it all. */
export interface Contents extends Parts {
  readonly collectors: readonly Collector[];
  /** What the diagnosis comes to, in one line, once it is there; null where there is none. */
  headline(): string | null;
  closing(manifest: Manifest): readonly BundleFile[];
}

export function bundleContents(collectors: readonly Collector[], registry: Registry, incident: Incident): Contents {
  let shown: Shown = { report: null, charts: [], rollouts: [], versions: [] };
  return {
    ...{ collectors, registry, incident },
    show: (found) => {
      shown = { ...shown, ...found };
    },
    headline: () => shown.report?.headline ?? null,
    closing: (manifest) => [{ path: 'report.html', content: reportPage({ ...shown, manifest, fixes: incident.fixes }) }],
  };
}

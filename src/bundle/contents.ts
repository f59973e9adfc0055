import { loadFolder } from '../diagnostics/load-folder.ts';
import type { Registry } from '../diagnostics/registry.ts';
import type { Manifest } from './manifest.ts';
import { reportPage } from './report-page.ts';
import { type BundleFile, type Collector, type Incident, isCollector, type Parts, type Shown } from './types.ts';

/** Every part of a bundle: the folder is the registry. @throws Error where a file of it defines none, or one of another name */
export async function loadCollectors(): Promise<readonly Collector[]> {
  return [...(await loadFolder(new URL('collectors/', import.meta.url), isCollector, 'defineCollector')).values()];
}

/** What one bundle is made of: what to collect, what the collectors need for it, and the page that tells of it all. */
export interface Contents extends Parts {
  readonly collectors: readonly Collector[];
  closing(manifest: Manifest): readonly BundleFile[];
}

export function bundleContents(collectors: readonly Collector[], registry: Registry, incident: Incident): Contents {
  let shown: Shown = { report: null, charts: [] };
  return {
    ...{ collectors, registry, incident },
    show: (found) => {
      shown = { ...shown, ...found };
    },
    closing: ({ target, createdAt, told, missing }) => {
      const content = { target, createdAt: new Date(createdAt), told, ...shown, fixes: incident.fixes, missing };
      return [{ path: 'report.html', content: reportPage(content) }];
    },
  };
}

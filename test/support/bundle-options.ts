import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { bundleContents } from '../../src/bundle/contents.ts';
import type { BundleOptions } from '../../src/bundle/run.ts';
import type { Collector } from '../../src/bundle/types.ts';
import { createReadClients } from '../../src/clients/read-clients.ts';
import { findTarget } from '../../src/config/settings.ts';
import { rulesOf } from '../../src/redaction/find.ts';
import { NO_REGISTRY } from './bundles.ts';
import { testSettings } from './settings.ts';

interface Systems {
  readonly kubeconfig?: string;
  /** Longest wait for an answer. */
  readonly timeoutMs?: number;
}

/** A bundle of these parts alone, of systems that are not there unless said. */
export function bundleOptions(
  collectors: readonly Collector[],
  change: Partial<BundleOptions> = {},
  { kubeconfig, timeoutMs = 15_000 }: Systems = {},
): BundleOptions {
  const settings = testSettings();
  const target = findTarget(settings, 'production');
  if (target === undefined) throw new Error('the settings have no target');
  return {
    ...bundleContents(collectors, NO_REGISTRY, { report: async () => null, fixes: [], requests: [] }),
    id: randomUUID(),
    target,
    settings,
    clients: createReadClients({ target, kubeconfig, endpoint: () => undefined, timeoutMs }),
    now: new Date('2025-11-23T12:00:00Z'),
    sinceSeconds: 900,
    signal: new AbortController().signal,
    rules: rulesOf({ secrets: ['known-s3cret-value'] }),
    botVersion: '1.2.3',
    told: { symptom: 'slow', since: 'noon', changes: 'none' },
    limits: { fileBytes: 10_000_000, archiveBytes: 50_000_000 },
    closing: () => [],
    log: pino({ level: 'silent' }),
    ...change,
  };
}

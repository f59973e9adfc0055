import { randomUUID } from 'node:crypto';
import type { Registry } from '../../src/diagnostics/registry.ts';
import type { Packed } from '../../src/store/bundle-changes.ts';
import type { BundleRecord } from '../../src/store/bundles.ts';

/** Of a diagnosis that reads nothing. */
export const NO_REGISTRY: Registry = { checks: new Map(), causes: new Map(), topics: new Map(), shows: new Map() };

/** A bundle that was just asked for. */
export function blankBundle(change: Partial<BundleRecord> = {}): BundleRecord {
  return {
    id: randomUUID(),
    threadId: randomUUID(),
    channel: 'C1SUPPORT',
    target: 'production',
    requestedBy: 'U1',
    told: { symptom: 'slow', since: 'noon', changes: '' },
    sinceSeconds: 3_600,
    state: 'asked',
    progress: [],
    fileName: null,
    sizeBytes: null,
    sha256: null,
    summary: null,
    uploadUrl: null,
    fileId: null,
    uploadAttempts: 0,
    shareUnclear: false,
    failure: null,
    endedBy: null,
    worker: null,
    nextAttemptAt: new Date('2026-11-26T02:00:00Z'),
    createdAt: new Date('2026-11-26T02:00:00Z'),
    ...change,
  };
}

export function packedOf(change: Partial<Packed['summary']> = {}): Packed {
  return {
    fileName: 'hotswap-production-2026-11-26T02-00-00-000Z.tar.gz',
    sizeBytes: 1_234_567,
    sha256: 'ab'.repeat(32),
    files: [{ path: 'cluster-resources/pods/logs/default/hotswap-api-1/api.log', bytes: 12, sha256: 'cd'.repeat(32) }],
    summary: {
      headline: null,
      files: 42,
      unpackedBytes: 98_765_432,
      from: '2026-11-26T01:00:00.000Z',
      to: '2026-11-26T02:00:00.000Z',
      contents: [{ title: 'Logs of the pods', files: 6 }],
      missing: [],
      missingCount: 0,
      cut: [],
      cutCount: 0,
      cutBefore: [],
      cutBeforeCount: 0,
      redacted: [],
      ...change,
    },
  };
}

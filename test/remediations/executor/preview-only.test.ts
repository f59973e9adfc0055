import { describe, expect, it } from 'vitest';
import { connectKubernetesWriter } from '../../../src/clients/kubernetes-write.ts';
import { connectIndexWriter } from '../../../src/clients/postgres-index-write.ts';
import { connectRowWriter } from '../../../src/clients/postgres-rows-write.ts';
import { connectStatisticsWriter } from '../../../src/clients/postgres-statistics-write.ts';
import { connectSessionWriter } from '../../../src/clients/postgres-write.ts';
import { connectVaultWriter } from '../../../src/clients/vault-write.ts';
import { WriteRefusedError } from '../../../src/clients/write-errors.ts';
import { previewOnly } from '../../../src/remediations/executor/preview-only.ts';
import type { WritePorts } from '../../../src/remediations/executor/runner.ts';

const url = 'postgres://nobody:x@127.0.0.1:1/none';
const timeoutMs = 100;
/** The real ports, none of which is connected before its first call. */
const ports: WritePorts = {
  kubernetes: connectKubernetesWriter({ kubeconfig: '/nowhere', context: 'none', timeoutMs }),
  sessions: connectSessionWriter({ url, timeoutMs }),
  indexes: connectIndexWriter({ url, timeoutMs }),
  rows: connectRowWriter({ url, timeoutMs }),
  statistics: connectStatisticsWriter({ url, timeoutMs }),
  vault: connectVaultWriter({ addresses: 'http://127.0.0.1:1', token: 'none-at-all', namespace: undefined, timeoutMs }),
};

type Call = (request: unknown) => unknown;

/** Every call of a port and of what it consists of, by name. */
function callsOf(port: object, prefix: string): [string, Call][] {
  return Object.keys(port).flatMap((name): [string, Call][] => {
    const value: unknown = Reflect.get(port, name);
    if (typeof value === 'function') return [[`${prefix}.${name}`, (request) => Reflect.apply(value, port, [request])]];
    return typeof value === 'object' && value !== null ? callsOf(value, `${prefix}.${name}`) : [];
  });
}

/** What a call comes to: refused by the guard, or let through to the port (which then cannot connect). */
async function fate(call: Call, request: unknown): Promise<'refused' | 'passed'> {
  try {
    await call(request);
    return 'passed';
  } catch (error) {
    return error instanceof WriteRefusedError && error.message.includes('only rehearses') ? 'refused' : 'passed';
  }
}

describe('write ports in a dry run', () => {
  const all = callsOf(previewOnly(ports), 'ports');

  it('let reads alone through', async () => {
    const passed: string[] = [];
    for (const [name, call] of all) if ((await fate(call, { dryRun: false })) === 'passed') passed.push(name);
    expect(passed.sort()).toEqual(
      [
        ...['readAutoscaler', 'readDeployment', 'readPod', 'readRevision', 'readServiceMonitor', 'readTemplate'].map(
          (name) => `ports.kubernetes.${name}`,
        ),
        ...[
          'ports.indexes.close',
          'ports.indexes.inspect',
          'ports.indexes.isBusy',
          'ports.sessions.close',
          'ports.sessions.isGone',
          'ports.sessions.isOver',
        ],
        ...['ports.rows.approvals.look', 'ports.rows.close', 'ports.rows.jobs.look', 'ports.statistics.close', 'ports.statistics.look'],
        ...['ports.vault.capabilities', 'ports.vault.newestVersion'],
      ].sort(),
    );
    expect(all.length).toBeGreaterThan(passed.length + 10);
  });

  it('let Kubernetes try a change out without making it', async () => {
    const patch = all.find(([name]) => name === 'ports.kubernetes.patchScale')?.[1] ?? (() => {});
    expect(await fate(patch, { dryRun: true })).toBe('passed');
    expect(await fate(patch, {})).toBe('refused');
    expect(await fate(patch, undefined)).toBe('refused');
  });
});

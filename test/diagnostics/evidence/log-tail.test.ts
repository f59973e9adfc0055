import { describe, expect, it } from 'vitest';
import { logTail } from '../../../src/diagnostics/evidence/log-tail.ts';
import { type ApiAnswer, startApiServer, status, text } from '../support/api-server.ts';
import { clientsOf, collect, read } from '../support/collect.ts';

const SELECTOR = { matchLabels: { app: 'hotswap-api' } };
const list = (...items: object[]) => ({ apiVersion: 'v1', kind: 'List', metadata: {}, items });
const template = { metadata: { labels: { app: 'hotswap-api' } }, spec: { containers: [{ name: 'hotswap', image: 'hotswap:1' }] } };
const owned = (kind: string, uid: string) => ({
  creationTimestamp: '2026-11-23T11:56:00Z',
  ownerReferences: [{ apiVersion: 'apps/v1', kind, name: 'owner', uid, controller: true }],
});
const podOf = (name: string, state: object) => ({
  metadata: { name, uid: `uid-${name}`, ...owned('ReplicaSet', 'r-1') },
  spec: { containers: template.spec.containers },
  status: {
    phase: 'Running',
    containerStatuses: [{ name: 'hotswap', ready: true, restartCount: 0, image: 'hotswap:1', imageID: '', state }],
  },
});
const RUNNING = { running: { startedAt: '2026-11-23T11:56:00Z' } };

async function world(answers: Readonly<Record<string, ApiAnswer>>) {
  const { kubeconfig, asked } = await startApiServer({
    '/deployments/hotswap-api': {
      metadata: { name: 'hotswap-api', uid: 'd-1', generation: 1 },
      spec: { replicas: 2, selector: SELECTOR, template },
      status: {},
    },
    '/replicasets': list({
      metadata: { name: 'hotswap-api-1', uid: 'r-1', ...owned('Deployment', 'd-1') },
      spec: { replicas: 2, selector: SELECTOR, template },
      status: { replicas: 2 },
    }),
    '/namespaces/default/pods': list(podOf('a', RUNNING), podOf('b', RUNNING), podOf('c', { waiting: { reason: 'ContainerCreating' } })),
    ...answers,
  });
  const tailsAsked = () => asked.filter(({ pathname }) => pathname.endsWith('/log')).map(({ searchParams }) => searchParams);
  return { clients: clientsOf({ kubeconfig }), tailsAsked };
}

describe('the newest lines', () => {
  it('are those of each container that has begun, bounded, without secrets', async () => {
    const { clients, tailsAsked } = await world({ '/a/log': text('2026-11-23T11:59:00Z password=hunter2hunter2\n'), '/b/log': text('') });
    expect(await read(logTail, clients)).toEqual({
      sinceSeconds: 900,
      lines: 60,
      tails: [
        { pod: 'a', container: 'hotswap', text: '2026-11-23T11:59:00Z password=[redacted]\n' },
        { pod: 'b', container: 'hotswap', text: '' },
      ],
    });
    for (const asked of tailsAsked())
      expect(Object.fromEntries(asked)).toMatchObject({ tailLines: '60', sinceSeconds: '900', limitBytes: String(512 * 1024) });
  });

  it('are more where they are searched, and those of one pod and time where that was asked for', async () => {
    const { clients, tailsAsked } = await world({ '/a/log': text('') });
    await read(logTail, clients, { question: { pod: 'a', sinceSeconds: 60, contains: 'x' } });
    expect(tailsAsked().map((asked) => [asked.get('tailLines'), asked.get('sinceSeconds')])).toEqual([['2000', '60']]);
    expect(await collect(logTail, clients, { question: { pod: 'z' } })).toMatchObject({ kind: 'missing', reason: 'not-found' });
  });

  it.each([
    ['whole', '1 -----BEGIN RSA PRIVATE KEY-----\n2 MIIsecret\n3 -----END RSA PRIVATE KEY-----\n4 after\n'],
    ['without its beginning', '2 MIIsecret\n3 -----END RSA PRIVATE KEY-----\n4 after\n'],
    ['without its end', '0 after\n1 -----BEGIN RSA PRIVATE KEY-----\n2 MIIsecret\n'],
  ])('never hold a key, be it %s', async (_, log) => {
    const { clients } = await world({ '/a/log': text(log), '/b/log': text('') });
    const [tail] = (await read(logTail, clients)).tails;
    expect(tail?.text).toContain('after');
    expect(tail?.text).not.toContain('MIIsecret');
  });

  it('are read in part where one cannot be read, and where one is cut: of that, whole lines', async () => {
    const forbidden = status(403, 'Forbidden', 'pods "b" is forbidden');
    const { clients } = await world({ '/a/log': text('2026-11-23T11:59:00Z x\n'), '/b/log': forbidden });
    expect(await collect(logTail, clients)).toMatchObject({
      complete: false,
      gap: { reason: 'forbidden', message: expect.stringContaining('The log of b') },
      data: { tails: [{ pod: 'a' }] },
    });
    const long = `first\n${'x'.repeat(512 * 1024)}`;
    const cut = await collect(logTail, (await world({ '/a/log': text(long), '/b/log': text('') })).clients);
    expect(cut).toMatchObject({ complete: false, data: { tails: [{ text: 'first\n' }, {}] } });
  });

  it('are missing where none can be read', async () => {
    const { clients } = await world({ '/log': status(403, 'Forbidden', 'pods/log is forbidden') });
    expect(await collect(logTail, clients)).toMatchObject({
      kind: 'missing',
      reason: 'forbidden',
      mend: expect.stringContaining('pods/log'),
    });
  });
});

import { describe, expect, it } from 'vitest';
import { hubAffinity } from '../../../src/diagnostics/evidence/hub-affinity.ts';
import { hubAttempts } from '../../../src/diagnostics/evidence/hub-attempts.ts';
import { hubHold } from '../../../src/diagnostics/evidence/hub-hold.ts';
import { hubPreflight } from '../../../src/diagnostics/evidence/hub-preflight.ts';
import { clientsOf, collect, read } from '../support/collect.ts';
import { settings, target } from '../support/evidence.ts';
import { json, offer, refusal, startHub } from '../support/hub-server.ts';

const withApplication = (changes: Partial<typeof target.application>) => ({
  target: { ...target, application: { ...target.application, ...changes } },
});

describe('tries to connect to the hub', () => {
  it('are two where the way to it marks its clients, and more where not', async () => {
    const marking = await startHub();
    expect((await read(hubAttempts, clientsOf({ api: marking.url }))).attempts).toHaveLength(2);
    const plain = await startHub({ negotiate: (_, response) => json(response, offer()) });
    expect((await read(hubAttempts, clientsOf({ api: plain.url }))).attempts).toHaveLength(5);
  });

  it('go on where one reached a pod that did not know it', async () => {
    const hub = await startHub({
      negotiate: (_, response) => json(response, offer()),
      refuseUpgrade: () => refusal('404 Not Found', 'No Connection with that ID'),
    });
    expect((await read(hubAttempts, clientsOf({ api: hub.url }))).attempts).toHaveLength(5);
  });

  it.each([404, 429, 503])('end where the hub answers %s', async (status) => {
    const hub = await startHub({ negotiate: (_, response) => json(response, {}, {}, status) });
    expect((await read(hubAttempts, clientsOf({ api: hub.url }))).attempts).toHaveLength(1);
  });

  it('are a gap where no address is configured', async () => {
    expect(await collect(hubAttempts, clientsOf({}))).toMatchObject({ kind: 'missing', reason: 'not-configured' });
  });
});

describe('whether clients stay with their pod', () => {
  it('cannot be told without the pods', async () => {
    const hub = await startHub();
    expect(await collect(hubAffinity, clientsOf({ api: hub.url, kubeconfig: '/nowhere' }))).toMatchObject({ kind: 'missing' });
  });
});

describe('whether browsers may call the hub', () => {
  it('is not asked where no origin is configured', async () => {
    const hub = await startHub();
    expect(await read(hubPreflight, clientsOf({ api: hub.url }))).toBeNull();
    expect(hub.requests).toEqual([]);
  });

  it('is asked, and does not need the Deployment', async () => {
    const hub = await startHub({ negotiate: (_, response) => response.writeHead(204).end() });
    const clients = clientsOf({ api: hub.url, kubeconfig: '/nowhere' });
    const found = await read(hubPreflight, clients, withApplication({ hubOrigin: 'https://console.example.com' }));
    expect(found).toMatchObject({ origin: 'https://console.example.com', configured: null, answer: { status: 204, allowOrigin: null } });
  });
});

describe('a connection that is held', () => {
  it('is not made unless it is configured', async () => {
    const hub = await startHub();
    expect(await read(hubHold, clientsOf({ api: hub.url }))).toBeNull();
    expect(hub.requests).toEqual([]);
  });

  it('may take longer than other readings', async () => {
    const hub = await startHub({ dropAfterMs: 150 });
    const diagnostics = { ...settings.diagnostics, readTimeoutMs: 100 };
    const found = await read(hubHold, clientsOf({ api: hub.url }), { ...withApplication({ hubIdleSeconds: 60 }), diagnostics });
    expect(found).toMatchObject({ wantedSeconds: 60, attempt: { connection: { hold: { dropped: true } } } });
  });
});

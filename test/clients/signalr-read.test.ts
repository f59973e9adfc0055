import { describe, expect, it } from 'vitest';
import { connectSignalrReader, type SignalrReader } from '../../src/clients/signalr-read.ts';
import { json, offer, refusal, startHub } from '../diagnostics/support/hub-server.ts';

const PATH = '/hubs/deployment';
const reader = (url: string | undefined, token?: string): SignalrReader => connectSignalrReader({ url, variable: 'API', token });
const attempt = (url: string, { holdMs = 0, token }: { holdMs?: number; token?: string } = {}) =>
  reader(url, token).attempt({ path: PATH, holdMs, signal: new AbortController().signal });

describe('a try to connect to a hub', () => {
  it('negotiates, upgrades with the cookies that were set, and shakes hands', async () => {
    const hub = await startHub();
    const { negotiation, connection } = await attempt(hub.url);
    expect(negotiation).toMatchObject({ status: 200, understood: true, version: 1, cookies: ['route', 'other'], redirectedTo: null });
    expect(connection).toEqual({
      upgrade: { status: 101, failure: null, text: '' },
      handshake: { outcome: 'accepted', error: null },
      hold: null,
    });
    const [negotiate, upgrade] = hub.requests;
    expect([negotiate?.method, negotiate?.url, negotiate?.headers['x-requested-with']]).toEqual([
      'POST',
      `${PATH}/negotiate?negotiateVersion=1`,
      'XMLHttpRequest',
    ]);
    expect([upgrade?.url, upgrade?.headers.cookie]).toEqual([`${PATH}?id=t-1`, 'route=a1; other=b2']);
  });

  it('shows a token as browsers do: a header to negotiate, and in the address of the WebSocket', async () => {
    const hub = await startHub();
    await attempt(hub.url, { token: 'secret-t0ken' });
    expect(hub.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer secret-t0ken', undefined]);
    expect(hub.requests[1]?.url).toContain('access_token=secret-t0ken');
  });

  it('follows the hub to the service that holds its connections', async () => {
    const there = await startHub();
    const here = await startHub({
      negotiate: (_, response) => json(response, { url: `${there.url}/client/?hub=deployment`, accessToken: 'other' }),
    });
    const { negotiation, connection } = await attempt(here.url, { token: 'mine-alone' });
    expect(negotiation.redirectedTo).toBe(new URL(there.url).host);
    expect(connection?.handshake?.outcome).toBe('accepted');
    expect(there.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/client/negotiate?hub=deployment&negotiateVersion=1', 'Bearer other'],
      ['/client/?hub=deployment&id=t-1&access_token=other', undefined],
    ]);
  });

  it('gives up a hub that sends it in circles', async () => {
    const hub = await startHub({ negotiate: ({ headers }, response) => json(response, { url: `http://${headers.host}/again` }) });
    expect(await attempt(hub.url)).toMatchObject({ negotiation: { understood: true }, connection: null });
    expect(hub.requests).toHaveLength(3);
  });

  it.each([
    ['401', 401, {}],
    ['404', 404, {}],
    ['an error of the hub', 200, { error: 'no more connections' }],
    ['something else', 200, { hello: 'world' }],
  ])('ends at the negotiation: %s', async (_, status, body) => {
    const hub = await startHub({ negotiate: (_request, response) => json(response, body, {}, status) });
    const { negotiation, connection } = await attempt(hub.url);
    expect([negotiation.status, negotiation.understood, connection]).toEqual([status, false, null]);
  });

  it('ends at the negotiation where nobody listens', async () => {
    expect(await attempt('http://127.0.0.1:1')).toMatchObject({ negotiation: { status: null, failure: 'ECONNREFUSED' }, connection: null });
  });

  it('tells how an upgrade was refused', async () => {
    const hub = await startHub({ refuseUpgrade: () => refusal('404 Not Found', 'No Connection with that ID') });
    expect((await attempt(hub.url)).connection?.upgrade).toEqual({ status: 404, failure: null, text: 'No Connection with that ID' });
  });

  it.each([
    ['{"error":"no such protocol"}\u001e', 'refused', 'no such protocol'],
    ['close', 'closed', null],
  ])('tells how a handshake went: %s', async (handshake, outcome, error) => {
    const hub = await startHub({ handshake });
    expect((await attempt(hub.url)).connection?.handshake).toEqual({ outcome, error });
  });

  it('stays as long as it should, and counts pings', async () => {
    const hub = await startHub({ pingEveryMs: 20 });
    const hold = (await attempt(hub.url, { holdMs: 500 })).connection?.hold;
    expect(hold).toMatchObject({ dropped: false, closeCode: null });
    expect(hold?.pings).toBeGreaterThan(0);
  });

  it('notices that it was ended', async () => {
    const hub = await startHub({ dropAfterMs: 50 });
    const hold = (await attempt(hub.url, { holdMs: 100_000 })).connection?.hold;
    expect(hold).toMatchObject({ dropped: true, closeCode: 1006 });
    expect(hold?.heldMs).toBeLessThan(50_000); // as long as it was held, not as long as it should have been
  });

  it('ends with the run', async () => {
    const hub = await startHub();
    const run = new AbortController();
    setTimeout(() => run.abort(), 50);
    await expect(reader(hub.url).attempt({ path: PATH, holdMs: 5_000, signal: run.signal })).rejects.toMatchObject({ reason: 'timeout' });
  });

  it('is not made without an address', async () => {
    await expect(reader(undefined).attempt({ path: PATH, holdMs: 0, signal: new AbortController().signal })).rejects.toMatchObject({
      reason: 'not-configured',
    });
  });
});

describe('a preflight', () => {
  it('asks as a browser does, and reads what it would be allowed', async () => {
    const allow = { 'access-control-allow-origin': 'https://console.example.com', 'access-control-allow-credentials': 'true' };
    const hub = await startHub({ negotiate: (_, response) => response.writeHead(204, allow).end() });
    const ask = { path: PATH, origin: 'https://console.example.com', signal: new AbortController().signal };
    expect(await reader(hub.url).preflight(ask)).toMatchObject({
      status: 204,
      allowOrigin: 'https://console.example.com',
      allowCredentials: true,
    });
    expect(hub.requests[0]).toMatchObject({ method: 'OPTIONS', url: `${PATH}/negotiate?negotiateVersion=1` });
    expect(hub.requests[0]?.headers).toMatchObject({ origin: ask.origin, 'access-control-request-method': 'POST' });
  });

  it('may be answered with nothing', async () => {
    const hub = await startHub({ negotiate: (_, response) => json(response, offer()) });
    const ask = { path: PATH, origin: 'https://console.example.com', signal: new AbortController().signal };
    expect(await reader(hub.url).preflight(ask)).toMatchObject({ allowOrigin: null, allowCredentials: false });
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, it } from 'vitest';
import { connectKubernetesReader } from '../../src/clients/kubernetes-read.ts';

const open: { readonly server: Server; readonly folder: string }[] = [];
afterEach(() => {
  for (const { server, folder } of open.splice(0)) {
    server.close().closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  }
});

const LOG = 'An ordinary line.\n'.repeat(20_000);

/** An API server behind a path, with a certificate of its own, that serves one log. */
async function serve({ trusted }: { readonly trusted: boolean }) {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  const asked: IncomingMessage[] = [];
  const server = createServer({ cert, key }, (request, response) => {
    asked.push(request);
    response.writeHead(200, { 'content-type': 'text/plain' }).end(LOG);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = mkdtempSync(join(tmpdir(), 'hotswap-kube-'));
  open.push({ server, folder });
  const authority = trusted ? { 'certificate-authority-data': Buffer.from(cert).toString('base64') } : {};
  const address = `https://localhost:${(server.address() as AddressInfo).port}/behind/a-path`;
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      'current-context': 'test',
      clusters: [{ name: 'test', cluster: { server: address, ...authority } }],
      users: [{ name: 'test', user: { token: 'kube-t0ken' } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    }),
  );
  return { asked, kubernetes: connectKubernetesReader({ kubeconfig, context: undefined, timeoutMs: 5_000 }) };
}

const request = { namespace: 'shop', pod: 'a', container: 'api', previous: true, tailLines: 9, limitBytes: 1e6, sinceSeconds: 60 };

describe('a log that is handed on as it comes', () => {
  it('is asked for with the identity and the authority of the kubeconfig', async () => {
    const { asked, kubernetes } = await serve({ trusted: true });
    const pieces: string[] = [];
    await kubernetes.streamPodLog(request, (piece) => void pieces.push(Buffer.from(piece).toString()), new AbortController().signal);
    expect(pieces.join('')).toBe(LOG);
    expect(asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer kube-t0ken']);
    const { pathname, searchParams } = new URL(asked[0]?.url ?? '', 'https://x');
    expect(pathname).toBe('/behind/a-path/api/v1/namespaces/shop/pods/a/log');
    expect(Object.fromEntries(searchParams)).toEqual({
      ...{ container: 'api', previous: 'true', tailLines: '9', limitBytes: '1000000', sinceSeconds: '60', timestamps: 'true' },
    });
  });

  it('is not read from a server that the kubeconfig does not know', async () => {
    const { asked, kubernetes } = await serve({ trusted: false });
    await expect(kubernetes.streamPodLog(request, () => {}, new AbortController().signal)).rejects.toMatchObject({
      reason: 'unreachable',
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(asked).toEqual([]);
  });

  it('ends in the words of whoever wants no more of it', async () => {
    const { kubernetes } = await serve({ trusted: true });
    const cancel = new AbortController();
    const reason = new Error('nobody wants it any more');
    await expect(kubernetes.streamPodLog(request, () => cancel.abort(reason), cancel.signal)).rejects.toBe(reason);
  });
});

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { UploadError, uploadTo } from '../../src/clients/slack-upload.ts';

const opened: Server[] = [];
afterEach(() => {
  for (const server of opened.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  opened.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/upload/secret-address`;
}

const MB = 1024 * 1024;

async function* megabytes(count: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index++) yield Buffer.alloc(MB, index);
}

const send = (url: string, count = 8, signal = new AbortController().signal) =>
  uploadTo(url, { sizeBytes: count * MB, read: () => megabytes(count), signal });

describe('sending a file to Slack', () => {
  it('sends it as it is read, with its length and without a token, in flat memory', async () => {
    let received = 0;
    let headers: IncomingMessage['headers'] = {};
    const url = await serve((request, response) => {
      headers = request.headers;
      request.on('data', (chunk: Buffer) => {
        received += chunk.length;
      });
      request.on('end', () => response.end('OK'));
    });
    const before = process.memoryUsage.rss();
    let peak = before;
    const timer = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss());
    }, 10);
    await send(url, 400);
    clearInterval(timer);
    expect(received).toBe(400 * MB);
    expect(headers).toMatchObject({ 'content-length': String(400 * MB), 'content-type': 'application/octet-stream' });
    expect(headers.authorization).toBeUndefined();
    expect((peak - before) / MB).toBeLessThan(200);
  });

  it.each([
    [429, { passing: true, retryAfterSeconds: 7 }],
    [503, { passing: true, retryAfterSeconds: 7 }],
    [413, { passing: false }],
    [403, { passing: false }],
    [302, { passing: false }],
  ])('reads an answer of %i', async (status, expected) => {
    const paths: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      paths.push(request.url);
      request.resume();
      request.on('end', () => response.writeHead(status, { 'retry-after': '7', location: '/elsewhere' }).end());
    });
    const failure = await send(url).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UploadError);
    expect(failure).toMatchObject(expected);
    expect(String(failure)).not.toContain('secret-address');
    expect(paths).toEqual(['/upload/secret-address']);
  });

  it('may be tried again where the connection breaks in the middle', async () => {
    const url = await serve((request) => {
      request.once('data', () => request.destroy());
    });
    await expect(send(url, 64)).rejects.toMatchObject({ name: 'UploadError', passing: true });
  });

  it('stops where it is aborted', async () => {
    const cancel = new AbortController();
    const url = await serve((request) => {
      request.once('data', () => cancel.abort(new Error('cancelled')));
    });
    await expect(send(url, 64, cancel.signal)).rejects.toThrow('cancelled');
  });
});

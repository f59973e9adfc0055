import { describe, expect, it } from 'vitest';
import { type EdgeObjects, readRoute } from '../../../sandbox/ingress/route.ts';

const POD = { host: '127.0.0.1', port: 8080 };
const ingress = (port: object, annotations: Record<string, string> = {}) => ({
  metadata: { name: 'api', annotations },
  spec: { tls: [{ secretName: 'tls' }], rules: [{ http: { paths: [{ path: '/', backend: { service: { name: 'api', port } } }] } }] },
});
const objects = (found: unknown, data: object = {}): EdgeObjects => ({
  ingress: () => found,
  service: () => ({ spec: { ports: [{ name: 'http', port: 80 }] } }),
  secret: () => ({ data }),
});
const read = (edge: EdgeObjects) => readRoute('api', edge, () => [POD]);
const NGINX = 'nginx.ingress.kubernetes.io';

describe('an Ingress', () => {
  it.each([{ name: 'http' }, { number: 80 }])('leads to the pods of its Service: %o', (port) =>
    expect(read(objects(ingress(port)))).toMatchObject({ addresses: [POD], cookie: undefined, idleMs: 60_000 }),
  );

  it.each([
    ['its port is not there', objects(ingress({ name: 'web' }))],
    ['it is not there', objects(undefined)],
  ])('leads nowhere where %s', (_, edge) => expect(read(edge).addresses).toEqual([]));

  it('is told more by annotations, and by its Secret', () => {
    const annotations = { [`${NGINX}/affinity`]: 'cookie', [`${NGINX}/session-cookie-name`]: 'stay', [`${NGINX}/proxy-read-timeout`]: '8' };
    const encoded = (text: string) => Buffer.from(text).toString('base64');
    const edge = objects(ingress({ number: 80 }, annotations), { 'tls.crt': encoded('CERT'), 'tls.key': encoded('KEY') });
    expect(read(edge)).toMatchObject({ cookie: 'stay', idleMs: 8_000, certificate: { cert: 'CERT', key: 'KEY' } });
  });
});

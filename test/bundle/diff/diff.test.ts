import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compare } from '../../../src/bundle/diff/compare.ts';
import { factsOf } from '../../../src/bundle/diff/facts.ts';
import { openBundle } from '../../../src/bundle/diff/open.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundle-diff-'));
});
afterEach(() => rm(folder, { recursive: true }));

const manifest = {
  schema: 1,
  bundle: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  target: 'production',
  createdAt: '2025-11-23T12:00:00.000Z',
  botVersion: '1.0.0',
  sinceSeconds: 900,
  told: { symptom: '', since: '', changes: '' },
  files: [],
  collectors: [],
  missing: [],
  redacted: [],
};

async function archiveOf(files: Readonly<Record<string, unknown>>): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) tar.entry({ name }, JSON.stringify(content));
  tar.finalize();
  return gzipSync(await buffer(tar));
}

async function write(name: string, content: Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const deployments = (image: string, replicas: number, hash: string, key: string) => ({
  items: [
    {
      metadata: { name: 'hotswap-api' },
      spec: {
        replicas,
        template: {
          spec: {
            containers: [
              {
                name: 'api',
                image,
                env: [
                  { name: 'Jwt__Key', value: `[removed, hash ${hash}]` },
                  { name: 'OTHER', value: `[redacted-secret-${key}]` },
                ],
                resources: { limits: { memory: '512Mi' } },
              },
            ],
          },
        },
      },
    },
  ],
});
const pods = (...names: readonly string[]) => ({ items: names.map((name) => ({ metadata: { name } })) });

describe('the difference of two bundles', () => {
  it('names what changed, and says nothing of tokens that only have another key', async () => {
    const files = (image: string, replicas: number, hash: string, key: string, pod: string, verdict: string) => ({
      'cluster-resources/deployments/default.json': deployments(image, replicas, hash, key),
      'cluster-resources/pods/default.json': pods('same', pod),
      'cluster-resources/pods/logs/default/same/api.log': 'no JSON {',
      'diagnosis/report.json': { checks: [{ id: 'k8s.replicas', verdict }], diagnoses: [] },
      'manifest.json': manifest,
    });
    const before = await openBundle(await write('a', await archiveOf(files('api:1', 2, 'aaaaaaaa', '11111111', 'old', 'pass'))));
    const after = await openBundle(await write('b', await archiveOf(files('api:2', 4, 'bbbbbbbb', '22222222', 'new', 'fail'))));
    expect(compare(factsOf(before), factsOf(after))).toEqual([
      { subject: 'Replicas', lines: ['~ hotswap-api: 2 → 4'], more: 0 },
      { subject: 'Images', lines: ['~ hotswap-api/api: api:1 → api:2'], more: 0 },
      { subject: 'Variables', lines: ['~ hotswap-api/api Jwt__Key: [removed, hash aaaaaaaa] → [removed, hash bbbbbbbb]'], more: 0 },
      { subject: 'Pods', lines: ['+ new: there', '- old: there'], more: 0 },
      { subject: 'Checks', lines: ['~ k8s.replicas: pass → fail'], more: 0 },
    ]);
    expect(compare(factsOf(before), factsOf(before))).toEqual([]);
  });

  it('shows no more of a subject than a person reads, and does not take what was not collected for gone', () => {
    const many = new Map(Array.from({ length: 100 }, (_, index) => [`pod-${index}`, 'there']));
    const [difference] = compare(new Map([['Pods', new Map()]]), new Map([['Pods', many]]));
    expect(difference).toMatchObject({ more: 60 });
    expect(compare(new Map([['Pods', many]]), new Map())).toEqual([
      { subject: 'Pods', lines: ['only the first bundle says anything about this'], more: 0 },
    ]);
  });

  it.each([
    ['no file', async () => join(folder, 'none'), /There is no file/],
    ['something else', () => write('text', Buffer.from('hello')), /not compressed with gzip/],
    ['an archive without a manifest', async () => write('other', await archiveOf({ 'a.json': {} })), /no manifest.json/],
    [
      'a newer bundle',
      async () => write('newer', await archiveOf({ 'manifest.json': { ...manifest, schema: 2 } })),
      /newer version \(schema 2\)/,
    ],
    ['half of a bundle', async () => write('half', (await archiveOf({ 'manifest.json': manifest })).subarray(0, -40)), /is damaged/],
  ])('says clearly that it is %s', async (_name, make, answer) => {
    await expect(openBundle(await make())).rejects.toThrow(answer);
  });
});

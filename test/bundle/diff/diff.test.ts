import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compare, type Difference } from '../../../src/bundle/diff/compare.ts';
import { factsOf } from '../../../src/bundle/diff/facts.ts';
import { openBundle } from '../../../src/bundle/diff/open.ts';
import { tables } from '../../../src/bundle/diff/table.ts';

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
  for (const [name, content] of Object.entries(files)) tar.entry({ name: `bundle/${name}` }, JSON.stringify(content));
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

const group = (level: string, category: string, exception: string, pattern: string, count: number) => ({
  level,
  category,
  exception,
  pattern,
  count,
});
const EARLIER_ERRORS = [
  group('error', 'Orders', '', 'it is gone', 7),
  group('warn', 'Orders', '', 'slow', 12),
  group('info', 'Orders', '', 'shipped', 5),
];
const LATER_ERRORS = [group('error', 'Npgsql', 'TimeoutException', 'no answer within {} s', 400), group('warn', 'Orders', '', 'slow', 240)];

const shown = (differences: readonly Difference[]) =>
  differences.flatMap(({ subject, changes }) =>
    changes.map(({ mark, name, before, after, times }) => `${subject}: ${mark} ${name} ${before} > ${after} ${times}`.trim()),
  );

describe('the difference of two bundles', () => {
  it('tells a cause that was looked for and not found from one that nobody looked for', async () => {
    const report = (diagnoses: object[]) => ({ 'manifest.json': manifest, 'diagnosis/report.json': { checks: [], diagnoses } });
    const open = async (name: string, files: Record<string, unknown>) =>
      factsOf(await openBundle(await write(name, await archiveOf(files))));
    const sick = await open('sick', report([{ cause: 'db.lock.idle_tx', certainty: 'confirmed' }]));
    expect(shown(compare(await open('well', report([])), sick))).toEqual(['Causes: + db.lock.idle_tx \u2013 > confirmed']);
    expect(compare(await open('none', { 'manifest.json': manifest }), sick)).toMatchObject([{ subject: 'Causes' }]);
  });

  it('says nothing of a check that one diagnosis alone had reason to make, unless it found something', async () => {
    const open = async (name: string, checks: Readonly<Record<string, string>>) => {
      const report = { checks: Object.entries(checks).map(([id, verdict]) => ({ id, verdict })), diagnoses: [] };
      return factsOf(await openBundle(await write(name, await archiveOf({ 'manifest.json': manifest, 'diagnosis/report.json': report }))));
    };
    const well = await open('well', { 'http.health': 'ok', 'vault.seal': 'ok' });
    const sick = await open('sick', { 'http.health': 'fail', 'pg.locks': 'ok', 'pg.slots': 'unknown', 'net.tls': 'warn' });
    expect(shown(compare(well, sick))).toEqual(['Checks: + net.tls \u2013 > warn', 'Checks: ~ http.health ok > fail']);
  });

  it('names what changed, and says nothing of tokens that only have another key', async () => {
    const files = (image: string, replicas: number, hash: string, key: string, pod: string, verdict: string, isLater: boolean) => ({
      'postgres/production.json': { isConnected: true, version: isLater ? '18.1' : '17.6' },
      'cluster-resources/horizontalpodautoscalers/default.json': {
        items: [{ metadata: { name: 'hotswap-api' }, spec: { minReplicas: 2, maxReplicas: isLater ? 12 : 6 } }],
      },
      'evidence/pg.settings.json': {
        data: {
          settings: [{ name: 'max_connections', value: isLater ? '200' : '100', pendingRestart: isLater }],
          own: [{ database: '', role: 'hotswap', name: 'work_mem', value: isLater ? '64MB' : '4MB' }],
        },
      },
      'evidence/k8s.logs.json': { data: { sinceSeconds: 900, groups: isLater ? LATER_ERRORS : EARLIER_ERRORS } },
      'evidence/vault.secret.json': { kind: 'missing', reason: 'timeout', message: 'It did not answer.' },
      'prometheus/ranges.json': [
        {
          title: 'Requests',
          unit: 'per second',
          query: 'x',
          points: [
            { at: 1, value: isLater ? 1 : 10 },
            { at: 2, value: isLater ? 3 : 30 },
          ],
        },
        { title: 'Latency', unit: 's', query: 'x', points: [{ at: 1, value: isLater ? 0.2 : 0.18 }] },
      ],
      'cluster-resources/deployments/default.json': deployments(image, replicas, hash, key),
      'cluster-resources/configmaps/default.json': {
        items: [
          { metadata: { name: 'nginx' }, data: { 'nginx.conf': `[removed, hash ${hash}, 9 bytes]`, same: '[removed, hash 0, 1 bytes]' } },
        ],
      },
      'cluster-resources/pods/default.json': pods('same', pod),
      'cluster-resources/pods/logs/default/same/api.log': 'no JSON {',
      'diagnosis/report.json': { checks: [{ id: 'k8s.replicas', verdict }], diagnoses: [] },
      'manifest.json': manifest,
    });
    const before = await openBundle(await write('a', await archiveOf(files('api:1', 2, 'aaaaaaaa', '11111111', 'old', 'pass', false))));
    const after = await openBundle(await write('b', await archiveOf(files('api:2', 4, 'bbbbbbbb', '22222222', 'new', 'fail', true))));
    expect(shown(compare(factsOf(before), factsOf(after)))).toEqual([
      'Versions: ~ PostgreSQL 17.6 > 18.1',
      'Replicas: ~ hotswap-api 2 > 4',
      'Images: ~ hotswap-api/api api:1 > api:2',
      'Variables: ~ hotswap-api/api Jwt__Key [removed, hash aaaaaaaa] > [removed, hash bbbbbbbb]',
      'Autoscalers: ~ hotswap-api 2 to 6 replicas > 2 to 12 replicas',
      'ConfigMaps: ~ nginx nginx.conf [removed, hash aaaaaaaa, 9 bytes] > [removed, hash bbbbbbbb, 9 bytes]',
      'Settings of PostgreSQL: ~ max_connections 100 > 200, another one after a restart',
      'Settings of PostgreSQL: ~ work_mem of hotswap 4MB > 64MB',
      'Checks: ~ k8s.replicas pass > fail',
      'Errors and warnings in the logs: + error TimeoutException Npgsql: no answer within {} s – > 400 in 15 min',
      'Errors and warnings in the logs: - error Orders: it is gone 7 in 15 min > –',
      'Errors and warnings in the logs: ~ warn Orders: slow 12 in 15 min > 240 in 15 min ×20',
      'Rates, on average: ~ Requests 20 per second > 2 per second ÷10',
      'Pods: + new – > there',
      'Pods: - old there > –',
    ]);
    expect(compare(factsOf(before), factsOf(before))).toEqual([]);
  });

  it('shows no more of a subject than a person reads, and does not take what was not collected for gone', () => {
    const many = new Map(Array.from({ length: 100 }, (_, index) => [`pod-${index}`, { text: 'there' }]));
    const [difference] = compare(new Map([['Pods', new Map()]]), new Map([['Pods', many]]));
    expect(difference).toMatchObject({ more: 60 });
    const gone = compare(new Map([['Pods', many]]), new Map());
    expect(gone).toEqual([{ subject: 'Pods', changes: [], more: 0, onlyIn: 'first' }]);
    expect(tables(gone)).toContain('Only the first bundle says anything about this: the other one may not have collected it.');
  });

  it('is a table for each subject, whose names and values are cut and move no cursor', () => {
    const facts = (text: string) =>
      new Map([
        [
          'Settings',
          new Map([
            ['work_mem', { text }],
            ['x'.repeat(200), { text: `\u001b[2J${text.repeat(40)}` }],
          ]),
        ],
      ]);
    const lines = tables(compare(facts('4MB'), facts('64MB'))).split('\n');
    expect(lines.slice(0, 2).map((line) => line.trim())).toEqual(['Settings', expect.stringMatching(/^before +after$/)]);
    expect(lines.find((line) => line.includes('work_mem'))).toMatch(/^ {2}~ work_mem {2,}4MB +64MB$/);
    expect(lines.join('')).not.toContain('\u001b');
    for (const line of lines) expect(line.length).toBeLessThan(180);
    expect(tables([])).toBe('Nothing that is compared is different.');
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

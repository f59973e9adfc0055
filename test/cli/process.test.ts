import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Report } from '../../src/diagnostics/report.ts';

let folder: string;
let silent: Server;
let environment: Record<string, string>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hotswap-cli-'));
  silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const nobody = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const configuration = join(folder, 'hotswap.yaml');
  writeFileSync(
    configuration,
    `defaultTarget: production
slack: { channels: [{ id: C0123456789, target: production }] }
diagnostics: { readTimeoutMs: 300 }
targets:
  production:
    kubernetes: { namespace: default, deployment: hotswap-api }
    database: { readUrlFrom: DB_READ }
    prometheus: { urlFrom: PROM }
`,
  );
  environment = {
    HOTSWAP_CONFIG: configuration,
    DB_READ: `postgres://ro:read-pa55word@${nobody}/hotswap`,
    PROM: `http://${nobody}`,
    KUBECONFIG: '/nowhere',
    LOG_LEVEL: 'silent',
  };
});
afterAll(() => {
  silent.close().closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command as a shell would; `old` makes Node say that it is too old to run TypeScript. */
function hotswap(words: readonly string[], { env = environment, old = false, interrupt = false } = {}): Promise<Ended> {
  const pretend = "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.11.0'}})";
  const child = spawn(process.execPath, [...(old ? ['--import', pretend] : []), 'bin/hotswap.mjs', ...words], {
    env: { PATH: process.env.PATH ?? '', ...env },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  if (interrupt) silent.once('connection', () => child.kill('SIGINT')); // it has begun to ask
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

describe('npx hotswap', () => {
  it('explains itself, without a configuration as well', async () => {
    expect(await hotswap(['--help'], { env: { HOTSWAP_CONFIG: '/nowhere.yaml' } })).toMatchObject({
      code: 0,
      out: expect.stringContaining('latency (slow)'),
    });
    expect(await hotswap(['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it.each([
    [['diagnose', 'latncy'], 'npx hotswap diagnose latency'],
    [['diagnose', 'latency', 'producton'], 'production'],
    [['diagnose', 'latency', '--jsn'], '--json'],
    [['dignose'], 'diagnose'],
  ])('answers %j with the nearest match, the usage and 64', async (words, near) => {
    const { code, out, err } = await hotswap(words);
    expect(code).toBe(64);
    expect(out).toBe('');
    expect(err).toContain(near);
    expect(err).toContain('Usage:');
  });

  it.each(['requests', 'bundle', 'policy', 'audit'])('explains %s, asked either way', async (name) => {
    const [long, short] = await Promise.all([hotswap([name, '--help']), hotswap([name, '-h'])]);
    expect(long).toMatchObject({ code: 0, out: expect.stringContaining(`Usage: npx hotswap ${name}`) });
    expect(short).toEqual(long);
  });

  it('says what a person may do under a policy, and by which line of it', async () => {
    const policy = join(folder, 'policy.yaml');
    writeFileSync(
      policy,
      `people: { chloe: { slack: U0CHLOE, groups: [S0SRE] } }
roles: { databases: ['user:U0DMITRI'] }
defaults: { approve: ['group:S0SRE'] }
rules:
  - { name: statistics, when: { remediation: [fix.pg.analyze] }, approve: ['role:databases'], reasonRequired: true }
  - { name: own jobs, when: { remediation: [fix.job.fail], risk: [R2] }, requesterCounts: true }
`,
    );
    const explained = async (remediation: string) => {
      const words = ['policy', 'check', '--file', policy, '--person', 'chloe', '--remediation', remediation];
      const { code, out } = await hotswap(words);
      expect(code).toBe(0);
      return out.replaceAll(policy, 'policy.yaml').split('\n').slice(-2, -1).join();
    };
    expect(await explained('fix.pg.analyze')).toBe(
      '  fix.pg.analyze on production, R1: may ask (as members); may not approve (user:U0DMITRI may); needs 1 approval and a reason [rule "statistics", policy.yaml:5]',
    );
    expect(await explained('fix.pg.create_index')).toBe(
      '  fix.pg.create_index on production, R3: may ask (as members); may approve what others ask for (as group:S0SRE); needs 2 approvals [rule "defaults", policy.yaml:3]',
    );
    expect(await explained('fix.job.fail')).toContain(
      'R2: may ask (as members); may approve (as group:S0SRE); counts for what they ask for themselves (as group:S0SRE); needs 1 approval',
    );
  });

  it('warns of what a policy says of a remediation or a target that there is not', async () => {
    const policy = join(folder, 'stray.yaml');
    writeFileSync(
      policy,
      `rules:
  - { name: sessions, when: { remediation: [fix.pq.*, fix.pg.*], target: [prod] }, quorum: 2 }
freezeWindows:
  - { days: [fri], from: "16:00", to: "24:00", zone: Europe/Berlin, reason: No changes, target: [production] }
budget: { targets: { prod*: { cooldownSeconds: 0 } } }
`,
    );
    const { code, out } = await hotswap(['policy', 'check', '--file', policy]);
    expect(code).toBe(0);
    expect(
      out
        .replaceAll(policy, 'stray.yaml')
        .split('\n')
        .filter((line) => line.includes('WARNING')),
    ).toEqual([
      '  WARNING stray.yaml:2: rules.0.when.remediation.0: there is no remediation "fix.pq.*", so this never holds',
      '  WARNING stray.yaml:2: rules.0.when.target.0: there is no target "prod", so this never holds',
      '  WARNING stray.yaml:5: budget.targets.prod*: there is no target "prod*", so this never holds',
    ]);
  });

  it('says that fixes are frozen now, also where only some of them are', async () => {
    const policy = join(folder, 'frozen.yaml');
    const always = 'days: [mon, tue, wed, thu, fri, sat, sun], from: "00:00", to: "24:00", zone: UTC';
    writeFileSync(policy, `freezeWindows: [{ ${always}, reason: The year is closed, remediation: [fix.pg.*] }]\n`);
    const { out } = await hotswap(['policy', 'check', '--file', policy]);
    expect(out).toMatch(/^ {2}production: .* s of rest; frozen now: The year is closed \(fix\.pg\.\*\)$/m);
  });

  it('answers a bundle of a target that there is not with 64', async () => {
    const { code, err } = await hotswap(['bundle', 'producton']);
    expect(code).toBe(64);
    expect(err).toContain('Targets: production');
  });

  it.each([[['requests']], [['audit', 'verify']]])('says of %j which database does not answer, and ends with 2', async (words) => {
    const closed = { ...environment, STORE_DATABASE_URL: 'postgres://bot:pa55word@127.0.0.1:1/bot' };
    const { code, err } = await hotswap(words, { env: closed });
    expect(code).toBe(2);
    expect(err).toContain("the bot's database (STORE_DATABASE_URL) does not answer: connect ECONNREFUSED");
    expect(err).not.toContain('pa55word');
  });

  it('names what is missing in the environment, and ends with 78', async () => {
    const { HOTSWAP_CONFIG = '' } = environment;
    const { code, err } = await hotswap(['diagnose', 'latency'], { env: { HOTSWAP_CONFIG } });
    expect(code).toBe(78);
    expect(err).toContain('DB_READ is missing');
  });

  it('ends with 2 where nothing could be looked at, and prints nothing but the report', async () => {
    const { code, out, err } = await hotswap(['diagnose', 'slow', 'production', '--json']);
    expect(code).toBe(2);
    expect(Report.parse(JSON.parse(out))).toMatchObject({ topic: 'latency', target: 'production', outcome: 'could-not-look' });
    expect(err).toBe('');
    expect(out).not.toContain('read-pa55word');
  });

  it('prints at most 100 columns of text for a person', async () => {
    const { out } = await hotswap(['diagnose', 'latency']);
    expect(out).toContain('Could not look');
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('runs with the Node that the project brings where the one at hand is too old, exit code included', async () => {
    expect(await hotswap(['--version'], { old: true })).toMatchObject({ code: 0, out: expect.stringMatching(/^\d/) });
    expect((await hotswap(['diagnose', 'nothing'], { old: true })).code).toBe(64);
  });

  it('ends at once with 130 when it is interrupted', async () => {
    const slow = { ...environment, HOTSWAP_CONFIG: join(folder, 'slow.yaml') };
    writeFileSync(slow.HOTSWAP_CONFIG, readFileSync(environment.HOTSWAP_CONFIG ?? '', 'utf8').replace('300', '15000'));
    expect((await hotswap(['diagnose', 'latency'], { env: slow, interrupt: true })).code).toBe(130);
  });
});

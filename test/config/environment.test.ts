import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfiguration } from '../../src/config/environment.ts';
import { ConfigurationError } from '../../src/config/errors.ts';
import { findTarget, Settings } from '../../src/config/settings.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hotswap-config-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const MINIMAL = `
defaultTarget: production
slack: { channels: [{ id: C0123456789, target: production }] }
targets:
  production:
    kubernetes: { namespace: default, deployment: hotswap-api }
    database: { readUrlFrom: DB_READ, fixUrlFrom: DB_FIX }
    prometheus: { urlFrom: PROM }
`;
const ENDPOINTS = {
  DB_READ: 'postgres://ro:read-pa55word@db/hotswap',
  DB_FIX: 'postgres://fix:fix-pa55word@db/hotswap',
  PROM: 'http://prom:9090',
};

function file(text: string): string {
  const path = join(directory, `${Math.abs(text.length)}-${text.slice(-20).replace(/\W/g, '')}.yaml`);
  writeFileSync(path, text);
  return path;
}

function problemsOf(load: () => unknown): string {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('the environment', () => {
  it('names a missing variable, its purpose and an example', () => {
    const message = problemsOf(() =>
      loadConfiguration({ names: ['STORE_DATABASE_URL', 'SLACK_BOT_TOKEN'], access: 'none' }, { HOTSWAP_CONFIG: file(MINIMAL) }),
    );
    expect(message).toContain("STORE_DATABASE_URL is missing. It is the bot's own PostgreSQL database");
    expect(message).toContain('Example: STORE_DATABASE_URL=postgres://');
    expect(message).toContain('SLACK_BOT_TOKEN is missing');
  });

  it('never shows the value of a wrong variable', () => {
    const environment = {
      HOTSWAP_CONFIG: file(MINIMAL),
      SLACK_BOT_TOKEN: 'hunter2-is-no-token',
      STORE_DATABASE_URL: 'mysql://u:s3cr3t@db/x',
    };
    const message = problemsOf(() => loadConfiguration({ names: ['SLACK_BOT_TOKEN', 'STORE_DATABASE_URL'], access: 'none' }, environment));
    expect(message).toContain('SLACK_BOT_TOKEN is wrong');
    expect(message).toContain('STORE_DATABASE_URL is wrong (must be a URL that starts with postgres:// or postgresql://)');
    expect(message).not.toMatch(/hunter2|s3cr3t/);
  });

  it('says of each wrong value what is right, in words', () => {
    const environment = {
      HOTSWAP_CONFIG: file('tragets: {}\nslack: { channels: none }\ndefaultTarget: 5'),
      SLACK_MODE: 'htp',
      SLACK_APP_TOKEN: '1',
      PORT: 'x',
    };
    const message = problemsOf(() => loadConfiguration({ names: ['SLACK_MODE', 'SLACK_APP_TOKEN', 'PORT'], access: 'none' }, environment));
    for (const problem of [
      'SLACK_MODE is wrong (must be socket or http)',
      'SLACK_APP_TOKEN is wrong (must start with "xapp-")',
      'PORT is wrong (must be a number)',
      'targets: is missing',
      'slack.channels: must be a list',
      'defaultTarget: must be text',
      'the file: has no setting called "tragets"',
    ])
      expect(message).toContain(problem);
    expect(message).not.toMatch(/invalid|expected|received|undefined/i);
    expect(problemsOf(() => loadConfiguration({ names: [], access: 'none' }, { HOTSWAP_CONFIG: file('# nothing yet') }))).toContain(
      'slack: is missing',
    );
  });

  it('gives a process the endpoints that it may have, and no other', () => {
    const environment = { ...ENDPOINTS, HOTSWAP_CONFIG: file(MINIMAL) };
    const read = loadConfiguration({ names: [], access: 'read' }, environment);
    expect(read.endpoint('DB_READ')).toBe(ENDPOINTS.DB_READ);
    expect(read.endpoint('DB_FIX')).toBeUndefined();
    expect(loadConfiguration({ names: [], access: 'none' }, { HOTSWAP_CONFIG: file(MINIMAL) }).endpoint('DB_READ')).toBeUndefined();
    expect(loadConfiguration({ names: [], access: 'fix' }, environment).endpoint('DB_FIX')).toBe(ENDPOINTS.DB_FIX);
  });

  it('takes several addresses of Vault, and refuses one that is none', () => {
    const path = file(
      MINIMAL.replace(
        'prometheus: { urlFrom: PROM }',
        'prometheus: { urlFrom: PROM }\n    vault: { addressFrom: VAULT, tokenFrom: VAULT_TOKEN }',
      ),
    );
    const environment = { ...ENDPOINTS, HOTSWAP_CONFIG: path, VAULT_TOKEN: 'hvs.secret-t0ken' };
    const load = (addresses: string) => () => loadConfiguration({ names: [], access: 'read' }, { ...environment, VAULT: addresses });
    expect(load('https://vault-0:8200, https://vault-1:8200')().endpoint('VAULT')).toContain('vault-1');
    expect(load('https://vault-0:8200')().secrets).toContain('hvs.secret-t0ken');
    expect(problemsOf(load('https://vault-0:8200,vault-1'))).toContain(
      'must be URLs that start with http:// or https://, separated by commas',
    );
  });

  it('knows which values are secret', () => {
    const configuration = loadConfiguration({ names: [], access: 'fix' }, { ...ENDPOINTS, HOTSWAP_CONFIG: file(MINIMAL) });
    expect(configuration.secrets).toContain('read-pa55word');
    expect(configuration.secrets).toContain('fix-pa55word');
  });

  it('wants the endpoints of the asked targets alone', () => {
    const two = `${MINIMAL}  staging:\n    kubernetes: { namespace: staging, deployment: hotswap-api }\n    database: { readUrlFrom: STAGING_DB }\n    prometheus: { urlFrom: STAGING_PROM }\n`;
    const environment = { ...ENDPOINTS, HOTSWAP_CONFIG: file(two) };
    expect(problemsOf(() => loadConfiguration({ names: [], access: 'read' }, environment))).toContain('STAGING_DB is missing');
    expect(loadConfiguration({ names: [], access: 'read', targets: ['production'] }, environment).endpoint('PROM')).toBe(ENDPOINTS.PROM);
  });
});

describe('the configuration file', () => {
  it('is named where it cannot be read', () => {
    expect(problemsOf(() => loadConfiguration({ names: [], access: 'none' }, { HOTSWAP_CONFIG: '/nowhere/hotswap.yaml' }))).toContain(
      'configuration file /nowhere/hotswap.yaml cannot be read',
    );
  });

  it('names the place of each mistake', () => {
    const wrong = MINIMAL.replace('namespace: default', 'namespace: De_fault').replace('defaultTarget: production', 'defaultTarget: prod');
    const message = problemsOf(() => loadConfiguration({ names: [], access: 'none' }, { HOTSWAP_CONFIG: file(wrong) }));
    expect(message).toContain('targets.production.kubernetes.namespace: must be a Kubernetes name');
  });

  it('says what is wrong with a regular expression, and where it stands', () => {
    const text = `${MINIMAL}\nbundle: { customSecrets: [{ name: badge, pattern: 'BDG-(' }] }`;
    const message = problemsOf(() => loadConfiguration({ names: [], access: 'none' }, { HOTSWAP_CONFIG: file(text) }));
    expect(message).toMatch(/bundle\.customSecrets\.0\.pattern: must be a regular expression \(.*BDG-\(.*\)\. See config\/hotswap\.yaml/);
  });

  it('refuses a default target that is not there, and an unknown key', () => {
    expect(Settings.safeParse(parse(MINIMAL.replace('defaultTarget: production', 'defaultTarget: prod'))).success).toBe(false);
    expect(Settings.safeParse(parse(`${MINIMAL}\nthreshold: {}`)).success).toBe(false);
  });

  it('is valid as committed, and finds its targets', () => {
    const settings = Settings.parse(parse(readFileSync('config/hotswap.yaml', 'utf8')));
    expect(findTarget(settings, 'production')?.kubernetes.deployment).toBe('hotswap-api');
    expect(findTarget(settings, 'nowhere')).toBeUndefined();
  });
});

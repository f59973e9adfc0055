import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { openPolicyFile, type PolicyNews } from '../../../src/remediations/approvals/policy-file.ts';
import { until } from '../../support/service-database.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'policy-'));
  closing.push(() => rm(path, { recursive: true }));
  return path;
}

const quorum = (number: number) => `defaults:\n  quorum: ${number}\n`;

function open(path: string, required = true) {
  const news: PolicyNews[] = [];
  const file = openPolicyFile({ path, required, approversGroup: 'S1', log: pino({ level: 'silent' }), everyMs: 20 });
  file.onNews((one) => news.push(one));
  closing.push(() => file.close());
  return { file, news, has: (wanted: number) => until(async () => file.current().defaults.quorum === wanted, `quorum ${wanted}`) };
}

describe('the policy file', () => {
  it('is taken up when it changes, also where it gets older', async () => {
    const path = join(await folder(), 'policy.yaml');
    await writeFile(path, quorum(2));
    const { has, news, file } = open(path);
    await has(2);
    await writeFile(path, quorum(3));
    await has(3);
    await writeFile(`${path}.old`, quorum(4));
    await utimes(`${path}.old`, 1_000_000, 1_000_000);
    await rename(`${path}.old`, path);
    await has(4);
    expect(news).toEqual([
      { kind: 'taken-up', mended: false },
      { kind: 'taken-up', mended: false },
    ]);
    expect(file.current().roles.approvers).toEqual(['group:S1']);
  });

  it('follows the link that Kubernetes swaps when a ConfigMap changes', async () => {
    const root = await folder();
    for (const [name, number] of [
      ['..v1', 2],
      ['..v2', 5],
    ] as const) {
      await mkdir(join(root, name));
      await writeFile(join(root, name, 'policy.yaml'), quorum(number));
    }
    await symlink('..v1', join(root, '..data'));
    await symlink('..data/policy.yaml', join(root, 'policy.yaml'));
    const { has } = open(join(root, 'policy.yaml'));
    await has(2);
    await symlink('..v2', join(root, '..data_tmp'));
    await rename(join(root, '..data_tmp'), join(root, '..data'));
    await rm(join(root, '..v1'), { recursive: true });
    await has(5);
  });

  it('is refused once where it cannot be used, and the one before holds until it is mended', async () => {
    const path = join(await folder(), 'policy.yaml');
    await writeFile(path, quorum(2));
    const { file, has, news } = open(path);
    await writeFile(path, quorum(0));
    await until(async () => news.length === 1, 'the refusal');
    await utimes(path, new Date(), new Date()); // the same again
    expect(file.current().defaults.quorum).toBe(2);
    await rm(path);
    await until(async () => news.length === 2, 'a file that is gone');
    await writeFile(path, quorum(2));
    await until(async () => news.length === 3, 'the mending');
    await has(2);
    expect(news).toEqual([
      { kind: 'refused', problems: [expect.stringContaining('policy.yaml:2: defaults.quorum')] },
      { kind: 'refused', problems: [expect.stringContaining('gone')] },
      { kind: 'taken-up', mended: true },
    ]);
  });

  it('need not be there, and is taken up when it comes, unless a variable names it', async () => {
    const path = join(await folder(), 'policy.yaml');
    expect(() => open(path)).toThrow('no such file');
    const { file, has } = open(path, false);
    expect(file.current().defaults.quorum).toEqual({ R1: 1, R2: 1, R3: 2 });
    await writeFile(path, quorum(3));
    await has(3);
  });

  it('stops the start where it cannot be used', async () => {
    const path = join(await folder(), 'policy.yaml');
    await writeFile(path, 'rules: 7');
    expect(() => open(path)).toThrow(/policy\.yaml:1: rules/);
  });
});

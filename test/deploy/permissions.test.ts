import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { exampleTarget } from '../../src/config/example.ts';
import { VERB_NEEDS } from '../../src/remediations/executor/needs.ts';
import { everySource, type Source } from '../support/sources.ts';

/**
 * What the files of deploy/ grant, and what the definitions say that is needed: the same, in both directions. The reading
 * identity is that of the sources, the fixing one that of the verbs.
 */

const needs = Object.values(VERB_NEEDS).flatMap(({ permissions }) => permissions);
const sorted = (items: Iterable<string>) => [...new Set(items)].sort();

describe('deploy/rbac.yaml', () => {
  const Rule = z.object({
    apiGroups: z.array(z.string()).default(['']),
    resources: z.array(z.string()),
    resourceNames: z.array(z.string()).optional(),
    verbs: z.array(z.string()),
  });
  type Rule = z.infer<typeof Rule>;
  const Role = z.object({ kind: z.string(), metadata: z.object({ name: z.string() }), rules: z.array(Rule).default([]) });
  const text = readFileSync('deploy/rbac.yaml', 'utf8');
  const optional = text
    .slice(text.indexOf('# Optional'))
    .replaceAll(/^# ?/gm, '')
    .replace(/^[\s\S]*?^---$/m, '---');
  const objects = [text, optional].flatMap((part) => parseAllDocuments(part)).map((document) => Role.parse(document.toJS()));
  const rulesOf = (kind: string, name: string) =>
    objects.filter((one) => one.kind === kind && one.metadata.name === name).flatMap(({ rules }) => rules);

  /** One line for each thing that a rule allows: `get apps/deployments named hotswap-api`. */
  const allowed = (rules: readonly Rule[]) =>
    sorted(
      rules.flatMap(({ apiGroups, resources, resourceNames, verbs }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) =>
            verbs.map((verb) => `${verb} ${group}/${resource}${resourceNames === undefined ? '' : ` named ${resourceNames.join(',')}`}`),
          ),
        ),
      ),
    );

  /** The rules that a source names, as they stand in its text. */
  const rulesIn = (sources: readonly Source[], kind: 'Role' | 'ClusterRole') =>
    sources
      .flatMap(({ permission }) => permission.split(/(?=\b(?:Role|ClusterRole) rule)/))
      .filter((part) => part.startsWith(`${kind} rule`))
      .flatMap((part) => [...part.matchAll(/\{apiGroups: .*?\}|\{resources: .*?\}/g)].map(([rule]) => Rule.parse(parse(rule))));

  it('grants the fixing identity what the verbs need, and nothing else', () => {
    const name = exampleTarget().kubernetes.deployment;
    const needed = needs.flatMap((one) =>
      one.kind !== 'kubernetes'
        ? []
        : [
            {
              apiGroups: [one.apiGroup],
              resources: [one.resource],
              verbs: [...one.verbs],
              ...(one.named ? { resourceNames: [`${name}${one.suffix ?? ''}`] } : {}),
            },
          ],
    );
    expect(allowed(rulesOf('Role', 'hotswap-bot-fix'))).toEqual(allowed(needed));
  });

  it('grants the reading identity what the sources need, and nothing else', async () => {
    expect(allowed(rulesOf('Role', 'hotswap-bot'))).toEqual(allowed(rulesIn(await everySource(), 'Role')));
  });

  it('offers it what is read of the whole cluster, as something optional', async () => {
    expect(allowed(rulesOf('ClusterRole', 'hotswap-bot-nodes'))).toEqual(allowed(rulesIn(await everySource(), 'ClusterRole')));
  });

  it('lets neither read Secrets, run commands in pods or delete pods', () => {
    const all = objects.flatMap(({ rules }) => allowed(rules));
    expect(
      all.filter((line) => /\/secrets|pods\/(exec|attach|portforward|ephemeralcontainers)|\*|^delete \/pods|nodes\/proxy/.test(line)),
    ).toEqual([]);
  });
});

describe('the policies of Vault', () => {
  const RULE = /^path\s+"([^"]+)"\s*\{\s*capabilities\s*=\s*(\[[^\]]*\])\s*\}/gm;
  const granted = (file: string) =>
    sorted(
      [...readFileSync(file, 'utf8').matchAll(RULE)].flatMap(([, path = '', list = '[]']) =>
        z
          .array(z.string())
          .parse(JSON.parse(list))
          .map((capability) => `${capability} ${path}`),
      ),
    );

  it('give the fixing token what the verbs need, and nothing else', () => {
    const needed = needs.flatMap((one) => (one.kind === 'vault' ? one.capabilities.map((capability) => `${capability} ${one.path}`) : []));
    expect(granted('deploy/vault-fix-policy.hcl')).toEqual(sorted(needed));
  });

  it('give the reading token what the sources need, and nothing else', async () => {
    const filled = (path: string) =>
      path.replace('<mount>/<folder>', '<mount>/hotswap').replaceAll('<mount>', 'secret').replace('<path>', 'hotswap/*');
    const needed = (await everySource()).flatMap(({ permission }) =>
      [...permission.matchAll(/\b(read|list) on (\S+?)(?=[,; )]|$)/g)]
        .filter(() => permission.startsWith('Vault policy:'))
        .map(([, capability = '', path = '']) => `${capability} ${filled(path)}`),
    );
    expect(granted('deploy/vault-policy.hcl')).toEqual(sorted(needed));
  });

  it('let neither read a value', () => {
    for (const file of ['deploy/vault-policy.hcl', 'deploy/vault-fix-policy.hcl'])
      expect(granted(file).filter((line) => /^(read|list|sudo|patch) secret\/(data|subkeys|hotswap\/.)/.test(line))).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openWindow } from '../../../src/remediations/approvals/freeze-window.ts';
import { budgetOf, DEFAULT_POLICY, groupsOf, Policy, withApprovers } from '../../../src/remediations/approvals/policy.ts';
import { parsePolicy } from '../../../src/remediations/approvals/policy-text.ts';
import { ruleFor } from '../../../src/remediations/approvals/rule.ts';
import type { Risk } from '../../../src/remediations/plan.ts';

const TEXT = `
roles:
  databases: [user:U0DMITRI, group:S0DATABASES]
defaults:
  breakGlass: { by: role:databases, page: [role:approvers] }
rules:
  - name: sessions
    when: { remediation: [fix.pg.*], target: [production] }
    approve: [role:databases, members]
    quorum: 1
    ladder: { remindAfterSeconds: 60 }
  - name: staging
    when: { target: [stag*], risk: [R1, R2] }
    quorum: { R1: 1, R2: 3, R3: 3 }
    requesterCounts: true
budget:
  targets: { staging: { cooldownSeconds: 0 } }
`;

function policyOf(text: string): Policy {
  const parsed = parsePolicy(text, 'policy.yaml');
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return withApprovers(parsed.policy, 'S0APPROVERS');
}

const policy = policyOf(TEXT);
const rule = (remediation: string, target: string, risk: Risk, overrides: string[] = []) =>
  ruleFor(policy, { remediation, target, risk, overrides });

describe('the file that comes with the project', () => {
  it('says what holds without it', () => {
    const parsed = parsePolicy(readFileSync('config/policy.yaml', 'utf8'), 'config/policy.yaml');
    expect(parsed).toMatchObject({ ok: true, policy: DEFAULT_POLICY });
  });

  it('shows examples that can be used as they stand', () => {
    const shown = readFileSync('config/policy.yaml', 'utf8')
      .replace(/^(rules|freezeWindows): \[\]$/gm, '')
      .replace(/^ {2}breakGlass: null$/m, '')
      .replace(/^( *)#(?! [-A-Z`a-z]|$)/gm, '$1');
    const parsed = parsePolicy(shown, 'examples');
    expect(parsed.ok ? parsed.policy.rules.map(({ name }) => name) : parsed.problems).toEqual([
      'sessions of production',
      'staging is free',
    ]);
    expect(parsed.ok && parsed.policy.freezeWindows.length === 1 && parsed.policy.people.chloe?.groups).toEqual(['S0123456789']);
  });
});

describe('the rule for a request', () => {
  it('is the first that matches, over the defaults', () => {
    expect(rule('fix.pg.create_index', 'production', 'R2')).toMatchObject({
      name: 'sessions',
      approvers: ['user:U0DMITRI', 'group:S0DATABASES', 'members'],
      quorum: 1,
      ladder: { remindAfterSeconds: 60, pageAfterSeconds: 600 },
      requesterCounts: false,
    });
    expect(rule('fix.k8s.scale', 'production', 'R1')).toMatchObject({ name: 'defaults', approvers: ['group:S0APPROVERS'], quorum: 1 });
    expect(rule('fix.k8s.scale', 'staging', 'R2')).toMatchObject({ name: 'staging', quorum: 3, requesterCounts: true });
    expect(rule('fix.k8s.scale', 'staging', 'R3')).toMatchObject({ name: 'defaults' });
    expect(rule('fixXpg.create_index', 'production', 'R2').name).toBe('defaults');
  });

  it('never asks fewer than two people for R3, nor lets anybody break the glass for it', () => {
    expect(rule('fix.pg.create_index', 'production', 'R3')).toMatchObject({ quorum: 2, breakGlass: null });
    expect(rule('fix.pg.create_index', 'production', 'R1', ['k8s.hpa'])).toMatchObject({ quorum: 2, breakGlass: null });
    expect(rule('fix.pg.create_index', 'production', 'R2').breakGlass).toEqual({ by: 'role:databases', page: ['group:S0APPROVERS'] });
  });

  it('is today’s behaviour without a file', () => {
    const quorums = (['R1', 'R2', 'R3'] as const).map(
      (risk) => ruleFor(DEFAULT_POLICY, { remediation: 'x', target: 'y', risk, overrides: [] }).quorum,
    );
    expect(quorums).toEqual([1, 1, 2]);
    expect(ruleFor(DEFAULT_POLICY, { remediation: 'x', target: 'y', risk: 'R1', overrides: [] }).approvers).toEqual([]);
  });
});

describe('what a policy names', () => {
  it('are the groups that Slack is asked about, and budgets of targets', () => {
    expect(groupsOf(policy)).toEqual(['S0DATABASES', 'S0APPROVERS']);
    expect(budgetOf(policy, 'staging')).toEqual({ disruptiveActionsPerHour: 6, oneOpenPerTarget: true, cooldownSeconds: 0 });
    expect(budgetOf(policy, 'production').cooldownSeconds).toBe(900);
  });

  it('may define the approvers itself', () => {
    expect(policyOf('roles: { approvers: [user:U1] }').roles.approvers).toEqual(['user:U1']);
  });
});

const BAD: readonly (readonly [string, string, RegExp])[] = [
  ['a field that is not known', 'defaults:\n  qorum: 2', /:2: defaults.*qorum/],
  ['nobody', 'rules:\n  - name: a\n    when: {}\n    approve: []', /:4: rules\.0\.approve/],
  ['a quorum of zero', 'defaults:\n  quorum: 0', /:2: defaults\.quorum: must be at least 1/],
  ['no principal', 'defaults:\n  approve:\n    - U0123', /:3: defaults\.approve\.0: must be members, requester/],
  ['a role that is not defined', 'rules:\n  - name: a\n    when: {}\n    approve: [role:dba]', /:4: rules\.0\.approve: names role:dba/],
  ['two rules of one name', 'rules:\n  - { name: a, when: {} }\n  - { name: a, when: {} }', /:3: rules\.1\.name/],
  [
    'a zone that there is not',
    'freezeWindows:\n  - { days: [mon], from: "01:00", to: "02:00", zone: Mars/Olympus, reason: x }',
    /:2: .*IANA/,
  ],
  [
    'a key of two people',
    'people:\n  a: { slack: U1, keys: [ssh-rsa AAA] }\n  b: { slack: U2, keys: [ssh-rsa AAA b] }',
    /:3: people\.b\.keys: holds a key of a/,
  ],
  ['text that is no YAML', 'defaults: [', /policy\.yaml:\d+: /],
  ['a field twice', 'budget: {}\nbudget: {}', /policy\.yaml:2: /],
];

describe('a bad file', () => {
  it.each(BAD)('with %s is refused with its line', (_, text, problem) => {
    const parsed = parsePolicy(text, 'policy.yaml');
    expect(parsed.ok ? [] : parsed.problems).toEqual([expect.stringMatching(problem)]);
  });
});

describe('a freeze window', () => {
  const windows = Policy.parse({
    freezeWindows: [
      { days: ['fri'], from: '22:00', to: '06:00', zone: 'Europe/Berlin', reason: 'night', target: ['prod*'] },
      { days: ['sun'], from: '00:00', to: '24:00', zone: 'America/New_York', reason: 'sunday' },
    ],
  }).freezeWindows;
  const open = (time: string, target = 'production') =>
    openWindow(windows, { remediation: 'fix.k8s.scale', target }, new Date(time))?.reason;

  it.each([
    ['2026-11-27T20:59:00Z', undefined],
    ['2026-11-27T21:00:00Z', 'night'],
    ['2026-11-28T04:59:00Z', 'night'],
    ['2026-11-28T05:00:00Z', undefined],
    ['2026-07-03T20:00:00Z', 'night'], // summer time: 22:00 is 20:00 UTC
    ['2026-07-03T19:59:00Z', undefined],
    ['2026-11-27T05:00:00Z', undefined], // the night from Thursday to Friday
    ['2026-11-29T04:59:00Z', undefined],
    ['2026-11-29T05:00:00Z', 'sunday'],
    ['2026-11-30T04:59:00Z', 'sunday'],
  ])('at %s: %s', (time, reason) => {
    expect(open(time)).toBe(reason);
  });

  it('holds for its targets alone', () => {
    expect(open('2026-11-27T21:00:00Z', 'staging')).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { container, plan, remediations, running, verdict, type World } from '../support/plans.ts';

const ID = 'fix.k8s.crash_dumps';
const variable = (name: string, value: string | null) => ({ name, kind: 'literal' as const, value, hash: null });
const base = { containers: [container], variables: [variable('DOTNET_DbgMiniDumpType', '1')] };
const world: World = { deployment: base };
const SET = [
  variable('DOTNET_DbgEnableMiniDump', '1'),
  variable('DOTNET_DbgMiniDumpType', '2'),
  variable('DOTNET_DbgMiniDumpName', '/tmp/coredump.%p'),
];

describe(ID, () => {
  it.each<[string, World, string]>([
    ['on a volume with room', world, 'act R2'],
    ['where they are set', { deployment: { ...base, variables: SET } }, 'nothing-to-do'],
    ['without a volume', { ...world, volume: { mount: null, medium: 'none' } }, 'refuse no-volume'],
    ['on a volume that takes no files', { ...world, volume: { medium: 'none' } }, 'refuse no-volume'],
    ['on a read-only mount', { ...world, volume: { mount: { path: '/tmp', volume: 'tmp', readOnly: true } } }, 'refuse no-volume'],
    ['on a volume in memory', { ...world, volume: { medium: 'memory' } }, 'refuse no-room'],
    ['on a volume smaller than the memory', { ...world, volume: { sizeLimit: '511Mi' } }, 'refuse no-room'],
    ['on a volume without a limit', { ...world, volume: { sizeLimit: null } }, 'act R2'],
    [
      'where one comes from elsewhere',
      { deployment: { ...base, variables: [variable('DOTNET_DbgMiniDumpName', null)] } },
      'refuse not-readable',
    ],
    ['during a rollout', { deployment: { ...base, observedGeneration: 6 } }, 'refuse rollout-in-progress'],
    ['with a job under way', { ...world, jobs: running(1) }, 'refuse live-jobs'],
  ])('%s', (_, seen, expected) => expect(verdict(plan(ID, {}, seen))).toBe(expected));

  it('sets the variables that .NET reads, and warns of what it costs and what it does not do', () => {
    const result = plan(ID, { container: 'hotswap' }, { ...world, volume: { dropsCapabilities: true } });
    expect(result).toMatchObject({
      plan: {
        steps: [
          {
            variables: [
              { name: 'DOTNET_DbgEnableMiniDump', from: null, to: '1' },
              { name: 'DOTNET_DbgMiniDumpType', from: '1', to: '2' },
              { name: 'DOTNET_DbgMiniDumpName', from: null, to: '/tmp/coredump.%p' },
            ],
          },
        ],
        temporary: true,
      },
    });
    expect(result.kind === 'act' && result.plan.warnings.join(' ')).toMatch(/evidence.*OOMKilled.*personal data.*SYS_PTRACE/);
  });

  it('is taken back to what there was, and only to take it back', () => {
    const facts = [
      {
        variables: [
          { name: 'DOTNET_DbgEnableMiniDump', from: null, to: '1' },
          { name: 'DOTNET_DbgMiniDumpType', from: '1', to: '2' },
        ],
      },
    ];
    const back = remediations.get(ID)?.undo?.({ params: { jobs: 'keep' }, facts });
    const set = { deployment: { ...base, variables: SET } };
    expect(verdict(plan(ID, back ?? {}, set))).toBe('refuse only-undo');
    expect(plan(ID, back ?? {}, { ...set, undoing: true, volume: { mount: null } })).toMatchObject({
      plan: {
        steps: [
          {
            variables: [
              { from: '1', to: null },
              { from: '2', to: '1' },
            ],
          },
        ],
        temporary: false,
      },
    });
  });
});

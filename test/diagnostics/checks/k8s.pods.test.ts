import { describe, expect, it } from 'vitest';
import { k8sPods } from '../../../src/diagnostics/checks/k8s.pods.ts';
import { deployment } from '../../../src/diagnostics/evidence/deployment.ts';
import { type Pod, pods } from '../../../src/diagnostics/evidence/pods.ts';
import { ago, expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { containerOf, deploymentOf, podOf, threePods } from '../support/samples.ts';

const container = containerOf({ ready: false, running: false, startedAt: null });
const waiting = (reason: string) => ({ ready: false, containers: [{ ...container, waiting: { reason, message: 'so it says' } }] });
const ended = (reason: string, restarts: number, secondsAgo: number) => ({
  containers: [{ ...container, running: true, restarts, terminated: { reason, message: '', exitCode: 137, finishedAt: ago(secondsAgo) } }],
});
const with3 = (changes: Partial<Pod>) => [...threePods(), podOf('d', changes)];

describe('k8s.pods', () => {
  it('is well where all are ready', () => expectNeverOkOverGaps(k8sPods, given(pods, threePods()), given(deployment, deploymentOf())));

  it.each<[string, string, Partial<Pod>]>([
    ['crash-loop', 'fail', waiting('CrashLoopBackOff')],
    ['crash-loop', 'fail', ended('Error', 3, 60)],
    ['ready', 'ok', ended('Error', 3, 900)],
    ['image', 'fail', waiting('ImagePullBackOff')],
    ['config', 'fail', waiting('CreateContainerConfigError')],
    ['oom', 'fail', ended('OOMKilled', 1, 600)],
    ['unschedulable', 'fail', { phase: 'Pending', ready: false, unschedulable: '0/3 nodes are available: 3 Insufficient cpu.' }],
    ['failed', 'fail', { phase: 'Failed', reason: 'Evicted', ready: false }],
    ['not-ready', 'warn', { ready: false }],
    ['starting', 'warn', { ready: false, createdAt: ago(5) }],
    ['terminating', 'ok', { deletedAt: ago(-25), ready: false }],
    ['terminating', 'ok', { deletedAt: ago(59), ready: false }],
    ['stuck-terminating', 'fail', { deletedAt: ago(61), ready: false }],
  ])('sees %s: %s', (state, verdict, changes) => {
    const result = run(k8sPods, given(pods, with3(changes)), given(deployment, deploymentOf({ replicas: 4 })));
    expect(result.verdict).toBe(verdict);
    expect(result.facts?.states).toContainEqual(expect.objectContaining({ pod: 'd', state }));
  });

  it('says what Kubernetes says of the container', () => {
    const result = run(k8sPods, given(pods, with3(waiting('ErrImagePull'))), given(deployment, deploymentOf({ replicas: 4 })));
    expect(result.summary).toBe('1 of 4 pods cannot run: d (image: ErrImagePull).');
    expect(result.facts?.states).toContainEqual(
      expect.objectContaining({ pod: 'd', container: 'hotswap', image: 'hotswap:1', reason: 'ErrImagePull', message: 'so it says' }),
    );
  });

  it('looks at init containers as well', () => {
    const init = { ...container, name: 'migrate', init: true, restarts: 2, waiting: { reason: 'CrashLoopBackOff', message: '' } };
    const pending = { ...container, waiting: { reason: 'PodInitializing', message: '' } };
    const all = with3({ phase: 'Pending', ready: false, containers: [init, pending] });
    expect(run(k8sPods, given(pods, all), given(deployment, deploymentOf())).facts?.states).toContainEqual(
      expect.objectContaining({ pod: 'd', state: 'crash-loop', container: 'migrate' }),
    );
  });

  it('fails where a Deployment has no pod', () => {
    expect(run(k8sPods, given(pods, []), given(deployment, deploymentOf())).verdict).toBe('fail');
  });
});

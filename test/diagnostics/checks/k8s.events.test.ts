import { describe, expect, it } from 'vitest';
import { k8sEvents } from '../../../src/diagnostics/checks/k8s.events.ts';
import { type ClusterEvent, events } from '../../../src/diagnostics/evidence/events.ts';
import { ago, expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const event = (reason: string, note: string, changes: Partial<ClusterEvent> = {}): ClusterEvent => ({
  kind: 'Pod',
  name: 'a',
  warning: true,
  reason,
  note,
  count: 1,
  at: ago(60),
  ...changes,
});
const judged = (...all: ClusterEvent[]) => run(k8sEvents, given(events, all));

describe('k8s.events', () => {
  it('is well without warnings', () => expectNeverOkOverGaps(k8sEvents, given(events, [event('Pulled', 'x', { warning: false })])));

  it('is no alarm where a warning is older than the window', () => {
    expect(judged(event('BackOff', 'Back-off restarting', { at: ago(1_900) })).verdict).toBe('ok');
    expect(judged(event('BackOff', 'Back-off restarting', { at: ago(1_700) }))).toMatchObject({
      verdict: 'warn',
      summary: '1 kind of warnings in the last 30 min; 28 min ago of Pod a: BackOff: Back-off restarting',
    });
  });

  it('counts the same warning of several pods as one', () => {
    const refused = (name: string, ip: string) =>
      event('Unhealthy', `Readiness probe failed: Get "http://${ip}:8080/health": connection refused`, { name, count: 2 });
    expect(judged(refused('rs-2-x4d', '10.0.0.7'), refused('rs-2-k9p', '10.0.0.8')).facts?.warnings).toEqual([
      expect.objectContaining({ reason: 'Unhealthy', objects: 2, count: 4, name: 'rs-2-x4d' }),
    ]);
  });

  it('tells probes, kills, pulls, mounts, refusals and lost nodes apart', () => {
    const { facts } = judged(
      event('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 404', { count: 5 }),
      event('Killing', 'Container hotswap failed liveness probe, will be restarted', { warning: false }),
      event('Killing', 'Stopping container hotswap', { warning: false }),
      event('Failed', 'Failed to pull image "x:2": x:2: not found'),
      event('Failed', 'Error: secret "s" not found'),
      event('FailedMount', 'MountVolume.SetUp failed for volume "v" : secret "s" not found'),
      event('FailedCreate', 'Error creating: pods "x" is forbidden: exceeded quota: compute', { kind: 'ReplicaSet', name: 'rs-2' }),
      event('FailedCreate', 'Error creating: admission webhook denied', { kind: 'ReplicaSet', name: 'rs-2' }),
      event('NodeNotReady', 'Node is not ready'),
    );
    expect(facts).toMatchObject({
      probes: [{ pod: 'a', probe: 'readiness', kind: 'status', statusCode: 404, count: 5 }],
      kills: [{ pod: 'a', probe: 'liveness' }],
      pulls: [{ pod: 'a' }],
      mounts: [{ pod: 'a' }],
      refused: [{ object: 'ReplicaSet rs-2' }],
      lostNodes: [{ pod: 'a', note: 'Node is not ready' }],
    });
  });

  it.each([
    ['Scaled down replica set rs-2 to 0 from 3', 3],
    ['Scaled down replica set rs-2 from 3 to 0', 3],
    ['Scaled down replica set rs-2 to 0', null],
    ['Scaled down replica set rs-2 to 1 from 3', null],
  ])('knows from how many replicas it was scaled to none: %s', (note, replicas) => {
    const scaled = event('ScalingReplicaSet', note, { kind: 'Deployment', name: 'hotswap-api', warning: false });
    expect(judged(scaled).facts?.scaledDownFrom).toBe(replicas);
  });
});

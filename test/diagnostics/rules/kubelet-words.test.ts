import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitText, refusedByLimits } from '../../../src/diagnostics/rules/admission.ts';
import { exitMeaning } from '../../../src/diagnostics/rules/exit-code.ts';
import { hidesExistence, imageParts, pullFailure } from '../../../src/diagnostics/rules/image-pull.ts';
import { describeReference, missingReference } from '../../../src/diagnostics/rules/missing-reference.ts';
import { killedFor, probeFailure } from '../../../src/diagnostics/rules/probe-failure.ts';
import { parseUnschedulable } from '../../../src/diagnostics/rules/scheduling.ts';

const IMAGE = 'registry.example.com/hotswap/api:2.1.0';
const RESOLVE = `Failed to pull image "${IMAGE}": rpc error: code = Unknown desc = failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}"`;

describe('what a kubelet says of an image', () => {
  it.each([
    [`${RESOLVE}: ${IMAGE}: not found`, 'not-found'],
    ['manifest for registry.example.com/hotswap/api:2.1.0 not found: manifest unknown: manifest unknown', 'not-found'],
    [`${RESOLVE}: unexpected status from HEAD request to https://registry.example.com/v2/: 401 Unauthorized`, 'auth'],
    [`${RESOLVE}: failed to authorize: failed to fetch oauth token: unexpected status: 403 Forbidden`, 'auth'],
    [`${RESOLVE}: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope`, 'auth'],
    ['no basic auth credentials', 'auth'],
    [`${RESOLVE}: failed to do request: Head "https://registry.example.com/v2/": dial tcp 10.0.0.9:443: i/o timeout`, 'registry-down'],
    [
      `${RESOLVE}: failed to do request: Head "https://registry.example.com/v2/": dial tcp: lookup registry.example.com: no such host`,
      'registry-down',
    ],
    [`${RESOLVE}: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit`, 'registry-down'],
    [`${RESOLVE}: tls: failed to verify certificate: x509: certificate has expired or is not yet valid`, 'registry-down'],
    [`${RESOLVE}: unexpected status from HEAD request: 503 Service Unavailable`, 'registry-down'],
    ['Failed to apply default image tag "Api:": couldn\'t parse image reference "Api:": invalid reference format', 'invalid-name'],
    ['Container image "x" is not present with pull policy of Never', 'never-pull'],
    [`Back-off pulling image "${IMAGE}"`, null],
    ['', null],
  ])('%s', (text, failure) => expect(pullFailure(text)).toBe(failure));

  it('may leave open whether there is such an image', () => {
    expect(hidesExistence('pull access denied, repository does not exist or may require authorization')).toBe(true);
    expect(hidesExistence('401 Unauthorized')).toBe(false);
  });

  it.each([
    [IMAGE, 'registry.example.com/hotswap/api', '2.1.0'],
    ['registry.example.com:5000/hotswap/api', 'registry.example.com:5000/hotswap/api', ''],
    ['registry.example.com:5000/hotswap/api:2', 'registry.example.com:5000/hotswap/api', '2'],
    ['hotswap@sha256:0a1b', 'hotswap', 'sha256:0a1b'],
    ['hotswap:1@sha256:0a1b', 'hotswap', 'sha256:0a1b'],
  ])('is about a repository and a version: %s', (image, repository, version) => expect(imageParts(image)).toEqual({ repository, version }));
});

describe('what is missing for a container', () => {
  it.each([
    ['secret "api-credentials" not found', 'Secret api-credentials'],
    ['configmap "settings" not found', 'ConfigMap settings'],
    ["couldn't find key signing in Secret default/api-credentials", 'key signing of Secret api-credentials'],
    ["couldn't find key level in ConfigMap staging/settings", 'key level of ConfigMap settings'],
    ['MountVolume.SetUp failed for volume "v" : secret "certificates" not found', 'Secret certificates'],
    ['MountVolume.SetUp failed for volume "v" : references non-existent secret key: tls.key', 'key tls.key of a Secret'],
  ])('%s', (text, words) => {
    const missing = missingReference(text);
    expect(missing === null ? null : describeReference(missing)).toBe(words);
  });

  it.each(['container has runAsNonRoot and image will run as root', 'image "x" not found', ''])('is nothing: %s', (text) =>
    expect(missingReference(text)).toBeNull(),
  );
});

describe('what a probe met', () => {
  it.each([
    ['Readiness probe failed: HTTP probe failed with statuscode: 404', { probe: 'readiness', kind: 'status', statusCode: 404 }],
    [
      'Liveness probe failed: Get "http://10.0.0.7:8080/health": dial tcp 10.0.0.7:8080: connect: connection refused',
      { probe: 'liveness', kind: 'refused' },
    ],
    [
      'Readiness probe failed: Get "http://10.0.0.7:8080/health": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
      { probe: 'readiness', kind: 'timeout' },
    ],
    ['Startup probe failed: command "x" timed out', { probe: 'startup', kind: 'timeout' }],
    ['Liveness probe failed: cat: /tmp/healthy: No such file or directory', { probe: 'liveness', kind: 'other' }],
  ])('%s', (note, failure) => expect(probeFailure(note)).toMatchObject(failure));

  it('is nothing of other events', () => expect(probeFailure('Back-off restarting failed container')).toBeNull());

  it.each([
    ['Container hotswap failed liveness probe, will be restarted', 'liveness'],
    ['Container hotswap failed startup probe, will be restarted', 'startup'],
    ['Stopping container hotswap', null],
  ])('makes the kubelet kill: %s', (note, probe) => expect(killedFor(note)).toBe(probe));
});

describe('why the scheduler finds no node', () => {
  it.each([
    ['0/3 nodes are available: 3 Insufficient cpu.', 3, [['cpu', 3]]],
    [
      '0/5 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }, 4 Insufficient memory. preemption: 0/5 nodes are available: 5 No preemption victims found for incoming pod.',
      5,
      [
        ['memory', 4],
        ['taint', 1],
      ],
    ],
    [
      "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules, 3 node(s) didn't match pod affinity/anti-affinity rules.",
      3,
      [
        ['anti-affinity', 3],
        ['anti-affinity', 3],
      ],
    ],
    ["0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.", 2, [['affinity', 2]]],
    [
      '0/2 nodes are available: 1 node(s) were unschedulable, 1 Too many pods.',
      2,
      [
        ['cordoned', 1],
        ['pods', 1],
      ],
    ],
    ['0/3 nodes are available: 3 pod has unbound immediate PersistentVolumeClaims.', 3, [['volume', 3]]],
    ['pod has unbound immediate PersistentVolumeClaims', null, [['volume', null]]],
    ['no nodes available to schedule pods', null, [['other', null]]],
  ])('%s', (message, nodes, obstacles) => {
    const parsed = parseUnschedulable(message);
    expect(parsed.nodes).toBe(nodes);
    expect(parsed.obstacles.map(({ what, nodes: kept }) => [what, kept])).toEqual(obstacles);
  });

  it('never fails, whatever it says', () => {
    fc.assert(
      fc.property(fc.string(), (text) => parseUnschedulable(text).obstacles.every(({ text: part }) => part !== '' && text.includes(part))),
    );
  });
});

describe('why the API server takes no pod', () => {
  const QUOTA =
    'pods "hotswap-api-66f7-x" is forbidden: exceeded quota: compute, requested: limits.memory=512Mi, used: limits.memory=1536Mi, limited: limits.memory=2Gi';
  it.each([
    [QUOTA, true],
    ['pods "x" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi', true],
    ['pods "x" is forbidden: failed quota: compute: must specify limits.memory for: hotswap', true],
    ['pods "x" is forbidden: error looking up service account default/api: serviceaccount "api" not found', false],
  ])('%s', (text, refused) => expect(refusedByLimits(text)).toBe(refused));

  it('is told without what stands before it', () => {
    expect(limitText(`Error creating: ${QUOTA}`)).toBe(
      'exceeded quota: compute, requested: limits.memory=512Mi, used: limits.memory=1536Mi, limited: limits.memory=2Gi',
    );
    expect(limitText('something else')).toBe('something else');
  });
});

describe('exit codes', () => {
  it.each([
    [137, 'OOMKilled', 'more memory than its limit'],
    [137, 'Error', 'not for want of memory'],
    [134, 'Error', 'nobody handled'],
    [139, 'Error', 'segmentation fault'],
    [143, 'Error', 'told to end'],
    [0, 'Completed', 'hosted services'],
    [130, 'Error', 'signal 2'],
    [3, 'Error', 'gave up by itself'],
  ])('%d (%s)', (code, reason, words) => expect(exitMeaning(code, reason)).toContain(words));
});

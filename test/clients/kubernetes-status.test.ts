import { describe, expect, it } from 'vitest';
import { readKubernetesStatus } from '../../src/clients/kubernetes-status.ts';

/** Bodies as kube-apiserver sends them with a 404. */
const status = (message: string, details: object) =>
  JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'NotFound', details, code: 404 });

describe('what a refusal of the Kubernetes API says', () => {
  it.each([
    [
      'an object that is not there',
      status('deployments.apps "hotswap-api" not found', { name: 'hotswap-api', group: 'apps', kind: 'deployments' }),
      { message: 'deployments.apps "hotswap-api" not found.', namesObject: true },
    ],
    [
      'a version that Kubernetes 1.20 does not serve',
      status('the server could not find the requested resource', {}),
      { message: 'the server could not find the requested resource.', namesObject: false },
    ],
    ['a version that is not served since', '404 page not found\n', { message: '', namesObject: false }],
    ['JSON that is no Status', '{"error":"no"}', { message: '', namesObject: false }],
  ])('is read from %s', (_, body, expected) => {
    expect(readKubernetesStatus(body)).toEqual(expected);
  });
});

import { describe, expect, it } from 'vitest';
import { httpHealth } from '../../../src/diagnostics/checks/http.health.ts';
import { healthProbes } from '../../../src/diagnostics/evidence/health-probes.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

type Answer = number | string;
const probe = (answer: Answer) => ({
  status: typeof answer === 'number' ? answer : null,
  location: answer === 307 ? 'https://api.example.com/health' : answer === 302 ? 'https://login.example.org/' : null,
  retryAfter: answer === 429 ? '30' : null,
  failure: typeof answer === 'string' ? answer : null,
  durationMs: 12,
});
const probes = (...answers: Answer[]) => given(healthProbes, { path: '/health', host: 'api.example.com', probes: answers.map(probe) });

describe('http.health', () => {
  it('is well with three good answers', () => expectNeverOkOverGaps(httpHealth, probes(200, 200, 204)));

  it.each([
    ['ok', 'a redirect to https on the same host', [307, 307, 307]],
    ['warn', 'a redirect to somewhere else', [302, 302, 302]],
    ['fail', 'two errors of the server', [200, 503, 503]],
    ['warn', 'one failure', [200, 200, 'ECONNREFUSED']],
    ['fail', 'nobody answers', ['timeout', 'ECONNREFUSED', 'ECONNREFUSED']],
    ['warn', 'it is not found', [404, 404, 404]],
    ['unknown', 'the probe is rate limited', [200, 429, 200]],
  ] as const)('is %s: %s', (verdict, _, answers) => expect(run(httpHealth, probes(...answers)).verdict).toBe(verdict));
});

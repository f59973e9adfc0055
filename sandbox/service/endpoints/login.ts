import type { Endpoint } from './endpoint.ts';

/** Signs a user in. Passwords are left out of the sandbox. */
export const login: Endpoint = {
  method: 'POST',
  template: 'api/v1/auth/login',
  weight: 0,
  cpuMs: () => 6,
  healthy: { databaseMs: 0, downstreamMs: 0 },
  address: () => '/api/v1/auth/login?user=somebody',
  handle: async ({ query, issueToken }) => ({ status: 200, body: { token: issueToken(query.get('user') ?? '') } }),
};

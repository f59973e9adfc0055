import { exportReport, listDeployments, promoteDeployment, readDeployment, reportProgress } from './deployments.ts';
import type { Endpoint } from './endpoint.ts';
import { login } from './login.ts';
import { listArtifacts, listAudit, pendingApprovals, pruneArtifacts, searchModules } from './lookups.ts';
import { approveDeployment, submitDeployment } from './submissions.ts';

/** Every route of hotswap-api that does business. */
export const endpoints: readonly Endpoint[] = [
  listDeployments,
  readDeployment,
  reportProgress,
  exportReport,
  promoteDeployment,
  listAudit,
  listArtifacts,
  pruneArtifacts,
  searchModules,
  pendingApprovals,
  submitDeployment,
  approveDeployment,
  login,
];

/** Sum of the weights of all routes. */
export const totalWeight = endpoints.reduce((sum, endpoint) => sum + endpoint.weight, 0);

/** The endpoint of an everyday request, for a draw in [0, 1). */
export function everydayEndpoint(draw: number): Endpoint {
  let left = draw * totalWeight;
  for (const endpoint of endpoints) {
    left -= endpoint.weight;
    if (left < 0) return endpoint;
  }
  return listDeployments;
}

export interface Match {
  readonly endpoint: Endpoint;
  readonly path: Readonly<Record<string, string>>;
}

/** The endpoint that serves this method and path. */
export function matchEndpoint(method: string, pathname: string): Match | undefined {
  const segments = pathname.split('/').slice(1);
  for (const endpoint of endpoints) {
    if (endpoint.method !== method) continue;
    const path = matchTemplate(endpoint.template.split('/'), segments);
    if (path !== undefined) return { endpoint, path };
  }
  return undefined;
}

function matchTemplate(template: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (template.length !== segments.length) return undefined;
  const path: Record<string, string> = {};
  for (const [index, part] of template.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith('{')) path[part.slice(1, -1)] = decodeURIComponent(segment);
    else if (part !== segment) return undefined;
  }
  return path;
}

/** Where a support bundle keeps what, so that sbctl opens it and troubleshoot's analysers read it. Source: their sources of August 2026. */

const FOLDER = 'cluster-resources';

/** Folders that are not called as the API calls the kind. */
const RENAMED: Readonly<Record<string, string>> = {
  persistentvolumeclaims: 'pvcs',
  ingresses: 'ingress',
  resourcequotas: 'resource-quota',
};

/** A list of a kind that lives in namespaces. */
export function namespacedPath(plural: string, namespace: string): string {
  return `${FOLDER}/${RENAMED[plural] ?? plural}/${namespace}.json`;
}

/** A list of a kind of the whole cluster. */
export const clusterPath = (plural: string) => `${FOLDER}/${plural}.json`;

/** A list of a kind that an operator has brought. */
export const customPath = (plural: string, group: string, namespace: string) =>
  `${FOLDER}/custom-resources/${plural}.${group}/${namespace}.json`;

export function logPath(namespace: string, pod: string, container: string, previous: boolean): string {
  return `${FOLDER}/pods/logs/${namespace}/${pod}/${container}${previous ? '-previous' : ''}.log`;
}

/** Says why a log could not be read, beside where it would stand. */
export const logErrorPath = (namespace: string, pod: string, container: string, previous: boolean) =>
  `${FOLDER}/pods/logs/${namespace}/${pod}/${container}${previous ? '-previous' : ''}-logs-errors.log`;

export const CLUSTER_VERSION = 'cluster_version.json';
export const RESOURCES = `${FOLDER}/resources.json`;
export const GROUPS = `${FOLDER}/groups.json`;

/** JSON as people read it. */
export const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

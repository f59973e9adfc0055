/**
 * Where a support bundle keeps what, so that sbctl opens it and troubleshoot's analysers read it. Source: their sources of August 2026,
 * and both of them run on bundles. All of it is in one folder, which troubleshoot takes away from each path, and paths here are below that.
 */

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

const LIST = /\.json$/;

/** Says why a list could not be read, beside where it would stand, as troubleshoot says it: by namespace where there is one list for each. */
export function errorsFile(path: string, reason: string): { readonly path: string; readonly content: string } {
  const parts = path.replace(LIST, '').split('/');
  if (parts.length === 2) return { path: `${parts.join('/')}-errors.json`, content: json([reason]) };
  const namespace = parts.pop() ?? '';
  return { path: `${parts.join('/')}-errors.json`, content: json({ [namespace]: reason }) };
}

/** The folder that all of a bundle is in. */
export const bundleFolder = (target: string, createdAt: string) => `hotswap-${target}-${createdAt.replaceAll(/[:.]/g, '-')}`;

/** A path of an archive without the folder that all of it is in. */
export const belowFolder = (path: string) => path.slice(path.indexOf('/') + 1);

/** By this file troubleshoot knows a bundle, and without it it reads none. */
export const BUNDLE_VERSION = 'version.yaml';
export const CLUSTER_VERSION = 'cluster-info/cluster_version.json';
export const RESOURCES = `${FOLDER}/resources.json`;
export const GROUPS = `${FOLDER}/groups.json`;

/** What was done about the incident, for people. */
export const FIXES = 'diagnosis/fixes.json';

/** JSON as people read it. */
export const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

import { groupVersionOf } from '../store/definition.ts';
import type { Served } from './served.ts';

const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const subresourceVerbs: Readonly<Record<string, readonly string[]>> = {
  status: ['get', 'patch', 'update'],
  scale: ['get', 'patch', 'update'],
  log: ['get'],
  eviction: ['create'],
  proxy: ['get'],
};

/** Answers /version, /api, /apis and the lists below them; undefined for any other path. */
export function discovery(path: string, served: Served, version: string): unknown {
  if (path === '/version') return versionInfo(version);
  if (path === '/api')
    return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1' }] };
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupNames(served).map((name) => group(name, served)) };
  const [root, name = '', of = ''] = path.split('/').filter((part) => part !== '');
  if (root === 'api') return resourceList(name, served);
  if (root !== 'apis') return undefined;
  if (of !== '') return resourceList(`${name}/${of}`, served);
  return groupNames(served).includes(name) ? { kind: 'APIGroup', apiVersion: 'v1', ...group(name, served) } : undefined;
}

function versionInfo(version: string): unknown {
  const [major = '1', minor = '0'] = version.split('.');
  return {
    major,
    minor,
    gitVersion: `v${version}`,
    gitCommit: '0000000000000000000000000000000000000000',
    gitTreeState: 'clean',
    buildDate: '2025-09-09T00:00:00Z',
    goVersion: 'go1.24.6',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}

function groupNames(served: Served): string[] {
  return [
    ...new Set(
      served
        .groupVersions()
        .filter((item) => item.includes('/'))
        .map((item) => item.slice(0, item.indexOf('/'))),
    ),
  ];
}

function group(name: string, served: Served) {
  const versions = served
    .groupVersions()
    .filter((groupVersion) => groupVersion.startsWith(`${name}/`))
    .map((groupVersion) => ({ groupVersion, version: groupVersion.slice(name.length + 1) }));
  return { name, versions, preferredVersion: versions[0] };
}

function resourceList(groupVersion: string, served: Served): unknown {
  const resources = served.inGroupVersion(groupVersion);
  if (!resources) return undefined;
  const listed = resources.flatMap(({ collection: { definition }, view }) => {
    const common = { namespaced: definition.namespaced, kind: definition.kind };
    const subresources = definition.subresources.map((subresource) => ({
      name: `${definition.plural}/${subresource}`,
      singularName: '',
      ...common,
      ...subresourceKind(subresource),
      verbs: subresourceVerbs[subresource] ?? ['get'],
    }));
    const { plural, shortNames, categories } = definition;
    const main = { name: plural, singularName: definition.kind.toLowerCase(), ...common, verbs: allVerbs, shortNames, categories };
    return groupVersionOf(view) === groupVersion ? [main, ...subresources] : [];
  });
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: [...listed, ...withoutCollections(groupVersion)] };
}

function subresourceKind(subresource: string): object {
  if (subresource === 'scale') return { kind: 'Scale', group: 'autoscaling', version: 'v1' };
  if (subresource === 'eviction') return { kind: 'Eviction', group: 'policy', version: 'v1' };
  return {};
}

function withoutCollections(groupVersion: string): object[] {
  if (groupVersion === 'authorization.k8s.io/v1') {
    return [
      {
        name: 'selfsubjectaccessreviews',
        singularName: 'selfsubjectaccessreview',
        namespaced: false,
        kind: 'SelfSubjectAccessReview',
        verbs: ['create'],
      },
    ];
  }
  if (groupVersion === 'metrics.k8s.io/v1beta1') {
    const verbs = ['get', 'list'];
    return [
      { name: 'nodes', singularName: '', namespaced: false, kind: 'NodeMetrics', verbs },
      { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs },
    ];
  }
  return [];
}

/** Why a registry does not hand out an image. */
export type PullProblem =
  | 'not-found'
  | 'unauthorized'
  | 'access-denied'
  | 'unreachable'
  | 'name-not-resolved'
  | 'rate-limited'
  | 'certificate-expired';

/** What container registries answer to a pull of an image now; undefined: they hand it out. */
export type Registries = (image: string) => PullProblem | undefined;

const HOUR_MS = 3_600_000;

/** The words of containerd for a failed pull, as they stand in events and in the container's status. */
export function pullFailure(image: string, problem: PullProblem, now: Date): string {
  const { host, repository, tag } = partsOf(image);
  const manifest = `https://${host}/v2/${repository}/manifests/${tag}`;
  const token = `https://${host}/token?scope=${encodeURIComponent(`repository:${repository}:pull`)}&service=${host}`;
  const whole = `${host}/${repository}:${tag}`;
  const reasons: Readonly<Record<PullProblem, string>> = {
    'not-found': `${whole}: not found`,
    unauthorized: `failed to authorize: failed to fetch anonymous token: unexpected status from GET request to ${token}: 401 Unauthorized`,
    'access-denied':
      'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    unreachable: `failed to do request: Head "${manifest}": dial tcp 203.0.113.40:443: i/o timeout`,
    'name-not-resolved': `failed to do request: Head "${manifest}": dial tcp: lookup ${host} on 10.96.0.10:53: server misbehaving`,
    'rate-limited': `unexpected status from HEAD request to ${manifest}: 429 Too Many Requests - Server message: toomanyrequests: too many requests from this address, retry later`,
    'certificate-expired': `failed to do request: Head "${manifest}": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time ${seconds(now)} is after ${seconds(new Date(now.getTime() - 7 * HOUR_MS))}`,
  };
  return `failed to pull and unpack image "${whole}": failed to resolve reference "${whole}": ${reasons[problem]}`;
}

function seconds(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

/** Registry, repository and tag; what an image does not state is Docker Hub's. */
function partsOf(image: string): { readonly host: string; readonly repository: string; readonly tag: string } {
  const [, name = image, tag = 'latest'] = /^(.*?)(?::([^:/]+))?$/.exec(image) ?? [];
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(0, slash));
  if (first.includes('.') || first.includes(':')) return { host: first, repository: name.slice(slash + 1), tag };
  return { host: 'docker.io', repository: slash < 0 ? `library/${name}` : name, tag };
}

/** Which images each node has: a pull that went well is not repeated, unless the pod asks for it. */
export class NodeImages {
  readonly #present = new Set<string>();

  has(node: string, image: string): boolean {
    return this.#present.has(`${node} ${image}`);
  }

  keep(node: string, image: string): void {
    this.#present.add(`${node} ${image}`);
  }
}

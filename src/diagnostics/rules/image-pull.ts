/** Why an image cannot be had, from what the kubelet passes on of the runtime and of the registry. */
export type PullFailure =
  /** The registry says that there is no such image. */
  | 'not-found'
  /** The registry refuses. */
  | 'auth'
  /** The registry cannot be reached, or serves nobody at the moment. */
  | 'registry-down'
  /** The name is not one of an image. */
  | 'invalid-name'
  /** The pod may not pull, and the node does not have it. */
  | 'never-pull';

/** In this order: a registry that fails answers some requests with words of the later ones as well. */
const FAILURES: readonly (readonly [PullFailure, RegExp])[] = [
  ['invalid-name', /InvalidImageName|couldn't parse image|invalid reference format/i],
  ['never-pull', /ErrImageNeverPull|is not present with pull policy of Never/i],
  [
    'registry-down',
    /toomanyrequests|too many requests|i\/o timeout|context deadline exceeded|TLS handshake timeout|x509|dial tcp|no such host|connection (?:refused|reset)|\bEOF\b|\b50[0234]\b (?:Internal|Bad|Service|Gateway)|RegistryUnavailable/i,
  ],
  ['auth', /unauthorized|\bdenied\b|no basic auth credentials|authentication required|insufficient_scope|\b40[13]\b (?:Unauth|Forbid)/i],
  ['not-found', /not found|manifest unknown|name unknown|\b404\b/i],
];

/** Null where the text does not say, as "Back-off pulling image" alone does not. */
export function pullFailure(text: string): PullFailure | null {
  return FAILURES.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}

/** Whether the registry leaves open whether the image is missing or may not be read: many hide private images. */
export const hidesExistence = (text: string): boolean => /may require|does not exist or|insufficient_scope/i.test(text);

/** The parts of a reference such as "registry.example.com/hotswap/api:1.14.2". */
export function imageParts(image: string): { readonly repository: string; readonly version: string } {
  const [named = '', digest] = image.split('@');
  const tag = /:([\w][\w.-]*)$/.exec(named)?.[1];
  return { repository: tag === undefined ? named : named.slice(0, -tag.length - 1), version: digest ?? tag ?? '' };
}

export type Capability = 'create' | 'read' | 'update' | 'delete' | 'list' | 'patch' | 'sudo' | 'deny';

/** What a policy grants: capabilities by path, where `*` at the end stands for any rest and `+` for one segment. */
export type Policy = Readonly<Record<string, readonly Capability[]>>;

/** What every token may do: look at itself and renew itself. */
export const defaultPolicy: Policy = {
  'auth/token/lookup-self': ['read'],
  'auth/token/renew-self': ['update'],
  'auth/token/revoke-self': ['update'],
  'sys/capabilities-self': ['update'],
  'sys/internal/ui/resultant-acl': ['read'],
};

/** The capabilities on a path: those of the most specific rule that matches, of all policies together; deny beats all. */
export function capabilitiesOn(path: string, policies: readonly Policy[]): readonly Capability[] {
  const matching = policies.flatMap((policy) => Object.keys(policy).filter((rule) => matches(rule, path)));
  const [best] = [...new Set(matching)].sort((a, b) => weight(b) - weight(a));
  if (best === undefined) return [];
  const granted = [...new Set(policies.flatMap((policy) => policy[best] ?? []))].sort();
  return granted.includes('deny') ? [] : granted;
}

/** Whether anything is granted on the mount or below it: what Vault asks before it tells about a mount. */
export function knowsMount(mount: string, policies: readonly Policy[]): boolean {
  return policies.some((policy) =>
    Object.entries(policy).some(
      ([rule, granted]) => !granted.includes('deny') && (rule.startsWith(`${mount}/`) || rule === `${mount}*` || rule === '*'),
    ),
  );
}

function matches(rule: string, path: string): boolean {
  const segments = rule.replace(/\*$/, '').split('+').map(escapeText).join('[^/]+');
  return new RegExp(`^${segments}${rule.endsWith('*') ? '.*' : ''}$`).test(path);
}

/** Longer and more literal is more specific; an exact rule beats a prefix. */
function weight(rule: string): number {
  return rule.length * 2 - (rule.endsWith('*') ? 1 : 0) - 4 * (rule.match(/\+/g)?.length ?? 0);
}

const escapeText = (text: string) => text.replace(/[.*?^${}()|[\]\\]/g, '\\$&');

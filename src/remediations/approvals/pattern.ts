import { z } from 'zod';

/** A name of a remediation or a target, in which `*` stands for anything. */
export const Pattern = z.string().regex(/^[a-z0-9_.*-]+$/, 'must be a name, in which * stands for anything, such as fix.k8s.*');

/** Whether a name fits a pattern, as a whole. */
export function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll('.', '\\.'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}

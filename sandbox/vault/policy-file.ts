import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Policy } from './policies.ts';

const Capabilities = z.array(z.enum(['create', 'read', 'update', 'delete', 'list', 'patch', 'sudo', 'deny']));
const RULE = /^path\s+"([^"]+)"\s*\{\s*capabilities\s*=\s*(\[[^\]]*\])\s*\}/gm;

/** A policy as it stands in a file: rules that name a path and its capabilities, and comments. */
export async function readPolicyFile(file: URL): Promise<Policy> {
  const text = await readFile(file, 'utf8');
  const rules = [...text.matchAll(RULE)].map(([, path = '', list = '[]']) => [path, Capabilities.parse(JSON.parse(list))] as const);
  if (rules.length === 0) throw new Error(`${file.pathname} grants nothing`);
  return Object.fromEntries(rules);
}

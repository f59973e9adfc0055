import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Remediation } from './types.ts';

export type Remediations = ReadonlyMap<string, Remediation>;

const FOLDER = new URL('actions/', import.meta.url);
const Shape = z.custom<Remediation>(
  (value) => typeof value === 'object' && value !== null && 'id' in value && 'plan' in value && 'form' in value && 'verbs' in value,
);
const Module = z.object({ default: Shape });

/**
 * Every remediation of the folder `actions`, by id.
 * @throws Error where a file exports none as its default, or one whose id is not the file's name.
 */
export async function loadRemediations(): Promise<Remediations> {
  const names = readdirSync(fileURLToPath(FOLDER))
    .filter((name) => name.endsWith('.ts'))
    .sort();
  const found = new Map<string, Remediation>();
  for (const name of names) {
    const loaded = Module.safeParse(await import(new URL(name, FOLDER).href));
    if (!loaded.success) throw new Error(`src/remediations/actions/${name} has no remediation as its default export`);
    const { default: remediation } = loaded.data;
    if (`${remediation.id}.ts` !== name)
      throw new Error(`src/remediations/actions/${name} defines ${remediation.id}; file and id must agree`);
    found.set(remediation.id, remediation);
  }
  return found;
}

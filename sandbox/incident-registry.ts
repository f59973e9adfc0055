import { readdir } from 'node:fs/promises';
import { z } from 'zod';
import type { Incident } from './incident.ts';

const FOLDER = new URL('./incidents/', import.meta.url);

const Module = z.object({
  default: z.custom<Incident>(
    (value) =>
      z.object({ id: z.string(), title: z.string(), truth: z.string().nullable(), topic: z.string(), start: z.function() }).safeParse(value)
        .success,
    'is not an incident',
  ),
});

/** Every incident of the folder, by id; throws where a file exports none or one of another name. */
export async function loadIncidents(): Promise<ReadonlyMap<string, Incident>> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.ts')).sort();
  const incidents = new Map<string, Incident>();
  for (const file of files) {
    const incident = Module.parse(await import(new URL(file, FOLDER).href)).default;
    if (`${incident.id}.ts` !== file) throw new Error(`sandbox/incidents/${file} defines "${incident.id}"`);
    incidents.set(incident.id, incident);
  }
  return incidents;
}

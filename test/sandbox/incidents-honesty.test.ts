import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadIncidents } from '../../sandbox/incident-registry.ts';

const FOLDER = new URL('../../sandbox/incidents/', import.meta.url);
const CATALOGUE_ID = /^[a-z]+(\.[a-z0-9_]+)+$/;

/** An incident acts through IncidentWorld alone: none of these modules writes a metric or the status of an object. */
const ALLOWED = new Set(['../bystanders.ts', '../held-session.ts', '../mixed.ts', '../incident.ts', 'node:timers/promises', 'pg']);

const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ts'));

describe('incidents', () => {
  it.each(files)('%s changes only the world', (file) => {
    const source = readFileSync(new URL(file, FOLDER), 'utf8');
    const imported = [...source.matchAll(/(?:^import\b[^'"]*|\bimport\(\s*)['"]([^'"]+)['"]/gm)].map((match) => match[1] ?? '');
    expect(imported).not.toEqual([]);
    const others = imported.filter((specifier) => !ALLOWED.has(specifier));
    expect(others.filter((specifier) => !files.includes(specifier.replace('./', '')))).toEqual([]);
  });

  it('each name a cause of the catalogue, or none', async () => {
    const incidents = await loadIncidents();
    expect([...incidents.keys()].sort()).toEqual(files.map((file) => file.replace(/\.ts$/, '')).sort());
    for (const { truth } of incidents.values()) if (truth !== null) expect(truth).toMatch(CATALOGUE_ID);
    expect([...incidents.values()].filter((incident) => incident.truth === null).map((incident) => incident.id)).toEqual(['healthy']);
  });

  it('have titles that do not give the answer away', async () => {
    for (const { title } of (await loadIncidents()).values()) {
      expect(title).not.toMatch(/lock|index|idle|transaction|\bHPA\b|autoscal|CPU|downstream|saturat/i);
    }
  });
});

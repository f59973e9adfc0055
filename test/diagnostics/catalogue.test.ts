import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadIncidents } from '../../sandbox/incident-registry.ts';
import { loadRegistry } from '../../src/diagnostics/registry.ts';
import { loadRemediations } from '../../src/remediations/registry.ts';
import { ALIASES, BENIGN, CAUSES, CHECKS, REMEDIATIONS, SHOWS, TOPICS } from '../fixtures/catalogue.ts';

const registry = await loadRegistry();
const remediations = await loadRemediations();
const incidents = [...(await loadIncidents()).values()];

const lacking = (wanted: readonly string[], has: ReadonlyMap<string, unknown>) => wanted.filter((id) => !has.has(id));

describe('the catalogue', () => {
  it('has each topic, under each word that is typed for it', () => {
    expect(lacking(TOPICS, registry.topics)).toEqual([]);
    for (const [id, words] of Object.entries(ALIASES)) expect(registry.topics.get(id)?.aliases).toEqual(expect.arrayContaining([...words]));
  });

  it('has each check', () => expect(lacking(CHECKS, registry.checks)).toEqual([]));
  it('has each cause', () => expect(lacking(CAUSES, registry.causes)).toEqual([]));
  it('has each thing that can be shown', () =>
    expect(
      lacking(
        SHOWS.map((name) => `show.${name}`),
        registry.shows,
      ),
    ).toEqual([]));

  it('calls benign what is no fault, and nothing else of the catalogue', () => {
    const benign = [...registry.causes.values()].filter((cause) => cause.benign === true).map(({ id }) => id);
    expect(benign.filter((id) => CAUSES.some((known) => known === id)).sort()).toEqual([...BENIGN]);
  });

  it('has each cause in a topic', () => {
    const asked = new Set([...registry.topics.values()].flatMap(({ causes }) => causes));
    expect(CAUSES.filter((id) => !asked.has(id))).toEqual([]);
  });

  it('runs each check in a topic', () => {
    const read = new Set(
      [...registry.topics.values()].flatMap(({ symptoms, context, causes }) => [
        ...symptoms,
        ...context,
        ...causes.flatMap((id) => registry.causes.get(id)?.checks.map((check) => check.id) ?? []),
      ]),
    );
    expect(CHECKS.filter((id) => !read.has(id))).toEqual([]);
  });

  it('has an incident for each cause, and a dozen with several symptoms', () => {
    const truths = new Set(incidents.map(({ truth }) => truth));
    expect(CAUSES.filter((id) => !truths.has(id))).toEqual([]);
    expect(incidents.filter(({ id }) => id.startsWith('mixed-')).length).toBeGreaterThanOrEqual(12);
  });

  it('has each incident in a topic that knows its cause', () => {
    const astray = incidents.filter(
      ({ topic, truth }) => truth !== null && topic !== 'auto' && registry.topics.get(topic)?.causes.includes(truth) !== true,
    );
    expect(astray.map(({ id, topic }) => `${id}: ${topic}`)).toEqual([]);
  });
});

describe('docs/guide-coverage.md', () => {
  const page = readFileSync('docs/guide-coverage.md', 'utf8');
  const named = new Set([...page.matchAll(/`([a-z0-9_.]+)`/g)].map((match) => match[1] ?? ''));
  const notBuilt = new Set([...(page.split('## Not built yet')[1] ?? '').matchAll(/`([a-z0-9_.]+)`/g)].map((match) => match[1] ?? ''));

  it('holds everything of the catalogue', () => {
    const all = [...TOPICS, ...CHECKS, ...CAUSES, ...REMEDIATIONS, ...SHOWS.map((name) => `show.${name}`)];
    expect(all.filter((id) => !named.has(id))).toEqual([]);
  });

  it('names nothing that nobody defines', () => {
    const known = (id: string) =>
      [registry.topics, registry.checks, registry.causes, registry.shows, remediations].some((ids) => ids.has(id)) || notBuilt.has(id);
    const ids = [...named].filter((id) => id.includes('.'));
    expect(ids.filter((id) => !known(id))).toEqual([]);
  });

  it('says of each remediation that is not there that it is not, and of no other', () => {
    expect(REMEDIATIONS.filter((id) => !remediations.has(id)).sort()).toEqual([...notBuilt].sort());
  });
});

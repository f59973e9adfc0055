import { z } from 'zod';
import { Thresholds } from '../config/thresholds.ts';
import { checksOf, type Registry } from '../diagnostics/registry.ts';
import type { Check, Source, Topic } from '../diagnostics/types.ts';
import { code, table } from './markdown.ts';

/** docs/checks.md: what each check reads, the least that it needs for it, and each threshold with its source. */
export function checksDocument(registry: Registry): string {
  const topics = [...registry.topics.values()].filter(({ flowchart }) => flowchart !== true);
  const shown = [...registry.shows.values()];
  return `# Checks, sources and thresholds

Made from the definitions by \`npm run docs\`; do not edit it here.

## Topics

${table(
  ['topic', 'also typed as', 'section of the guide', 'symptoms'],
  topics.map(({ id, aliases, guideSection, symptoms }) => [code(id), aliases.join(', '), guideSection, symptoms.map(code).join(' ')]),
)}

\`diagnose\` without a topic asks every symptom at once, and goes on into the topics that show one.

## Checks

${table(
  ['check', 'what it is about', 'what it reads', 'topics'],
  [...registry.checks.values()].map((check) => [
    code(check.id),
    check.title,
    check.sources.map(({ id }) => code(id)).join(' '),
    topicsOf(check, topics, registry),
  ]),
)}

## Sources

What each source needs at least. Where a right is lacking, its checks are "could not look", and the report names the right.

${table(
  ['source', 'what it is', 'least permission'],
  sourcesOf(registry).map(({ id, title, permission }) => [code(id), title, permission]),
)}

## What \`show\` lists

${table(
  ['show', 'also typed as', 'what it reads'],
  shown.map(({ id, aliases, sources }) => [
    code(id.replace(/^show\./, '')),
    aliases.slice(1).join(', '),
    sources.map((source) => code(source.id)).join(' '),
  ]),
)}

## Thresholds

Each is a setting of that name under \`thresholds\` in config/hotswap.yaml.

${table(['setting', 'default', 'meaning', 'source of the default'], thresholds())}
`;
}

function topicsOf({ id }: Check, topics: readonly Topic[], registry: Registry): string {
  return topics.flatMap((topic) => (checksOf(topic, registry).some((check) => check.id === id) ? [topic.id] : [])).join(', ');
}

function sourcesOf({ checks, shows }: Registry): readonly Source<unknown>[] {
  const all = [...checks.values(), ...shows.values()].flatMap(({ sources }) => sources);
  return [...new Map(all.map((source) => [source.id, source])).values()].sort((a, b) => a.id.localeCompare(b.id));
}

const Meta = z.object({ description: z.string(), source: z.string() });

function thresholds(): string[][] {
  const defaults: Readonly<Record<string, unknown>> = Thresholds.parse({});
  return Object.entries(Thresholds.shape).map(([name, schema]) => {
    const { description, source } = Meta.parse(schema.meta() ?? {});
    return [code(name), String(defaults[name]), description, source];
  });
}

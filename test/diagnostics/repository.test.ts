import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checksOf, loadRegistry } from '../../src/diagnostics/registry.ts';

const registry = await loadRegistry();

describe('the registry', () => {
  it('has a test for each check and each cause', () => {
    const files = [
      ...[...registry.checks.keys()].map((id) => `test/diagnostics/checks/${id}.test.ts`),
      ...[...registry.causes.keys()].map((id) => `test/diagnostics/causes/${id}.test.ts`),
    ];
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
  });

  it('is in the order of the ids', () => {
    for (const definitions of [registry.checks, registry.causes, registry.topics])
      expect([...definitions.keys()]).toEqual([...definitions.keys()].sort());
  });

  it('runs for a topic whatever its causes read', () => {
    for (const topic of registry.topics.values()) {
      const run = checksOf(topic, registry).map(({ id }) => id);
      const read = topic.causes.flatMap((id) => registry.causes.get(id)?.checks.map((check) => check.id) ?? []);
      expect(run).toEqual(expect.arrayContaining(read));
    }
  });

  it('names no source twice', () => {
    const sources = new Map<string, unknown>();
    for (const source of [...registry.checks.values()].flatMap((check) => check.sources)) {
      expect(sources.get(source.id) ?? source, source.id).toBe(source);
      sources.set(source.id, source);
    }
  });
});

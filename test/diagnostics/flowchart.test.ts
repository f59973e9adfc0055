import { describe, expect, it } from 'vitest';
import { enteredTopic, firstQuestions, sectionsOf, stepsOf } from '../../src/diagnostics/flowchart.ts';
import { linksOf } from '../../src/diagnostics/links.ts';
import { loadRegistry } from '../../src/diagnostics/registry.ts';
import type { Verdict } from '../../src/diagnostics/report.ts';
import type { CheckResult, Topic } from '../../src/diagnostics/types.ts';

const registry = await loadRegistry();
const found = registry.topics.get('auto');
if (found === undefined) throw new Error('there is no topic auto');
const auto: Topic = found;

/** Every first question answered with ok, but for these. */
function answered(verdicts: Readonly<Record<string, Verdict>> = {}): Map<string, CheckResult> {
  return new Map(
    firstQuestions(auto, registry).map(({ id, title }) => {
      const verdict = verdicts[id] ?? 'ok';
      return [id, { id, title, verdict, summary: `${id} is ${verdict}.`, facts: {}, complete: true, asked: [], durationMs: 1 }];
    }),
  );
}

const enteredBy = (verdicts: Readonly<Record<string, Verdict>>) =>
  stepsOf(registry, answered(verdicts)).flatMap(({ topic, entered }) => (entered ? [topic] : []));

describe('the flowchart', () => {
  it('asks the symptoms of every section at once', () => {
    const asked = firstQuestions(auto, registry).map(({ id }) => id);
    for (const { symptoms } of sectionsOf(registry)) expect(asked).toEqual(expect.arrayContaining([...symptoms]));
  });

  it('goes into no section where everything is well', () => {
    const steps = stepsOf(registry, answered());
    expect(steps.every(({ answer, entered }) => answer === 'well' && !entered)).toBe(true);
    expect(enteredTopic(auto, steps, registry).causes).toEqual([]);
  });

  it('goes into each section that shows a symptom, and never stops at the first', () => {
    expect(enteredBy({ 'prom.latency': 'fail' })).toContain('latency');
    const section = enteredTopic(auto, stepsOf(registry, answered({ 'prom.latency': 'warn' })), registry);
    expect(section.causes).toEqual(expect.arrayContaining([...(registry.topics.get('latency')?.causes ?? [])]));
  });

  it('goes into a section that it could not look at, and says so', () => {
    const steps = stepsOf(registry, answered({ 'prom.latency': 'unknown' }));
    expect(steps.find(({ topic }) => topic === 'latency')).toMatchObject({ answer: 'could not look', entered: true });
  });

  it('leaves out sections of which there is nothing here', () => {
    expect(enteredBy(Object.fromEntries(firstQuestions(auto, registry).map(({ id }) => [id, 'not-applicable' as const])))).toEqual([]);
  });
});

describe('links', () => {
  const bases = { guideUrl: 'https://wiki.example.com/guide.md', runbookUrl: 'https://wiki.example.com/runbooks/' };

  it('lead to the section of the guide, by the anchor of its heading', () => {
    const latency = registry.topics.get('latency');
    if (latency === undefined) throw new Error('there is no topic latency');
    expect(linksOf(latency, [], registry, bases)).toContainEqual({
      title: 'Guide: High Latency',
      url: 'https://wiki.example.com/guide.md#high-latency',
    });
  });

  it('of the flowchart are those of the sections that it went into; there are none without addresses', () => {
    const steps = stepsOf(registry, answered({ 'prom.latency': 'fail' }));
    expect(linksOf(auto, steps, registry, bases).map(({ title }) => title)).toContain('Guide: High Latency');
    expect(linksOf(auto, stepsOf(registry, answered()), registry, bases)).toEqual([]);
    expect(linksOf(auto, steps, registry, { guideUrl: undefined, runbookUrl: undefined })).toEqual([]);
  });

  it('put other runbooks below their address', () => {
    const { flowchart: _, ...section } = auto;
    const topic: Topic = { ...section, runbooks: [{ title: 'Rollback', path: 'ROLLBACK.md#now' }] };
    expect(linksOf(topic, [], registry, bases)).toContainEqual({
      title: 'Rollback',
      url: 'https://wiki.example.com/runbooks/ROLLBACK.md#now',
    });
  });
});

import { checksOf, type Registry } from './registry.ts';
import type { Step } from './report.ts';
import type { Check, CheckResult, Topic } from './types.ts';

type Results = ReadonlyMap<string, CheckResult>;

/** The order in which the guide asks. Topics that it does not name come last. */
const ORDER = ['api', 'errors', 'latency', 'deployment', 'approvals', 'websocket', 'postgres', 'vault', 'metrics', 'queries', 'memory'];

/** The topics that the flowchart leads to, in the order of the guide. */
export function sectionsOf({ topics }: Registry): readonly Topic[] {
  const place = ({ id }: Topic) => (ORDER.includes(id) ? ORDER.indexOf(id) : ORDER.length);
  return [...topics.values()].filter(({ flowchart }) => flowchart !== true).sort((a, b) => place(a) - place(b));
}

/** What is asked at once: the flowchart's own checks, and the symptoms of every section. */
export function firstQuestions(flowchart: Topic, registry: Registry): readonly Check[] {
  const ids = new Set([...flowchart.symptoms, ...flowchart.context, ...sectionsOf(registry).flatMap(({ symptoms }) => symptoms)]);
  return [...registry.checks.values()].filter(({ id }) => ids.has(id));
}

/**
 * The answers to the first questions. A section is gone into where one of its symptoms is bad, and where one could not be
 * looked at: what cannot be seen is not healthy.
 */
export function stepsOf(registry: Registry, results: Results): readonly Step[] {
  return sectionsOf(registry).map((topic) => stepOf(topic, results));
}

function stepOf({ id, title, question, symptoms }: Topic, results: Results): Step {
  const seen = symptoms.flatMap((symptom) => results.get(symptom) ?? []);
  const bad = seen.find(({ verdict }) => verdict === 'fail') ?? seen.find(({ verdict }) => verdict === 'warn');
  const blind = seen.find(({ verdict }) => verdict === 'unknown');
  const step = { topic: id, question: question ?? `${title}: is anything wrong?` };
  if (bad !== undefined) return { ...step, answer: 'trouble', because: bad.summary, entered: true };
  if (blind !== undefined) return { ...step, answer: 'could not look', because: blind.summary, entered: true };
  const well = seen.find(({ verdict }) => verdict === 'ok') ?? seen[0];
  return { ...step, answer: 'well', because: well?.summary ?? 'There is nothing of the kind here.', entered: false };
}

/** The sections that were gone into, as one topic. */
export function enteredTopic(flowchart: Topic, steps: readonly Step[], registry: Registry): Topic {
  const entered = steps.flatMap(({ topic, entered: goes }) => (goes ? (registry.topics.get(topic) ?? []) : []));
  const all = (of: (topic: Topic) => readonly string[]) => [...new Set(entered.flatMap(of))].sort();
  return {
    ...flowchart,
    causes: all(({ causes }) => causes),
    symptoms: [...new Set([...flowchart.symptoms, ...steps.flatMap(({ topic }) => registry.topics.get(topic)?.symptoms ?? [])])],
    context: all((topic) => checksOf(topic, registry).map(({ id }) => id)),
  };
}

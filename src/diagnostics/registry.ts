import { loadFolder } from './load-folder.ts';
import { isShow, type Show } from './show.ts';
import { type Cause, type Check, isCause, isCheck, isTopic, type Topic } from './types.ts';

/** Everything that can be diagnosed, by id, in the order of the ids. */
export interface Registry {
  readonly checks: ReadonlyMap<string, Check>;
  readonly causes: ReadonlyMap<string, Cause>;
  readonly topics: ReadonlyMap<string, Topic>;
  readonly shows: ReadonlyMap<string, Show>;
}

/**
 * The folders are the registry: each file exports one definition, whose id is the file's name.
 * @throws Error where a file breaks that, or a definition names an id that nobody defines: the process must not start.
 */
export async function loadRegistry(folder: URL = new URL('./', import.meta.url)): Promise<Registry> {
  const registry = {
    checks: await loadFolder(new URL('checks/', folder), isCheck, 'defineCheck'),
    causes: await loadFolder(new URL('causes/', folder), isCause, 'defineCause'),
    topics: await loadFolder(new URL('topics/', folder), isTopic, 'defineTopic'),
    shows: await loadFolder(new URL('shows/', folder), isShow, 'defineShow'),
  };
  const fault = dangling(registry);
  if (fault !== undefined) throw new Error(fault);
  return registry;
}

function dangling({ checks, causes, topics }: Registry): string | undefined {
  for (const cause of causes.values()) {
    const unknown = cause.explains.find((id) => !checks.has(id) && !causes.has(id));
    if (unknown !== undefined) return `cause ${cause.id} explains "${unknown}", which nobody defines`;
  }
  const words = new Set<string>();
  for (const topic of topics.values()) {
    const unknown = [
      ...topic.causes.filter((id) => !causes.has(id)),
      ...[...topic.symptoms, ...topic.context].filter((id) => !checks.has(id)),
    ][0];
    if (unknown !== undefined) return `topic ${topic.id} names "${unknown}", which nobody defines`;
    for (const word of [topic.id, ...topic.aliases]) {
      if (words.has(word)) return `two topics answer to "${word}"`;
      words.add(word);
    }
  }
  return undefined;
}

/** The checks that a topic runs: its symptoms, its context and whatever its causes read, in the order of their ids. */
export function checksOf(topic: Topic, { checks, causes }: Registry): readonly Check[] {
  const ids = new Set([
    ...topic.symptoms,
    ...topic.context,
    ...topic.causes.flatMap((id) => (causes.get(id)?.checks ?? []).map((check) => check.id)),
  ]);
  return [...checks.values()].filter(({ id }) => ids.has(id));
}

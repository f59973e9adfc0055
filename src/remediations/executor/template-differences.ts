import { isDeepStrictEqual } from 'node:util';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

/** What of a container is shown with its values elsewhere. */
const SHOWN = new Set(['name', 'image', 'env', 'resources', 'readinessProbe', 'livenessProbe', 'startupProbe']);

/** Names of the other fields that differ between two pod templates: that something differs must not stay unseen, its value may be secret. */
export function otherDifferences(before: JsonObject, after: JsonObject): string[] {
  const [from, to] = [objectOf(before.spec), objectOf(after.spec)];
  return [
    ...keysThatDiffer(objectOf(objectOf(before.metadata).labels), objectOf(objectOf(after.metadata).labels), 'label'),
    ...keysThatDiffer(objectOf(objectOf(before.metadata).annotations), objectOf(objectOf(after.metadata).annotations), 'annotation'),
    ...keysThatDiffer({ ...from, containers: null }, { ...to, containers: null }, 'pod'),
    ...containersOf(from).flatMap((container) => {
      const now = containersOf(to).find(({ name }) => name === container.name);
      return now === undefined ? [] : keysThatDiffer(unshown(container), unshown(now), `container ${String(container.name)}`);
    }),
  ];
}

function keysThatDiffer(before: JsonObject, after: JsonObject, what: string): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.filter((key) => !isDeepStrictEqual(before[key] ?? null, after[key] ?? null)).map((key) => `${what} ${key}`);
}

const unshown = (container: JsonObject): JsonObject => Object.fromEntries(Object.entries(container).filter(([key]) => !SHOWN.has(key)));

const containersOf = ({ containers }: JsonObject): JsonObject[] => (Array.isArray(containers) ? containers.map(objectOf) : []);

const objectOf = (value: Json | undefined): JsonObject =>
  value !== undefined && value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};

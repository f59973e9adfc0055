import type { ContainerTemplate, PodTemplate, ProbeTemplate } from '../evidence/pod-template.ts';

/** A field that differs between two templates. Values of variables stay unread. */
export interface TemplateDifference {
  /** Null: the container itself was added or removed. */
  readonly field: string | null;
  readonly container: string;
  /** Null: it was not there, or is not there any more. */
  readonly before: string | null;
  readonly after: string | null;
  /** The same as words: "image a became b". */
  readonly words: string;
}

/** What a revision changed against the one before it, in words; values of variables stay unread. Empty: no more than a restart. */
export function templateChanges(before: PodTemplate, after: PodTemplate): string[] {
  const several = new Set([...before.containers, ...after.containers].map(({ name }) => name)).size > 1;
  return templateDifferences(before, after).map(({ field, container, words }) =>
    several && field !== null ? `container ${container}: ${words}` : words,
  );
}

/** The same, field by field. */
export function templateDifferences(before: PodTemplate, after: PodTemplate): TemplateDifference[] {
  const names = [...new Set([...before.containers, ...after.containers].map(({ name }) => name))];
  return names.flatMap((name): TemplateDifference[] => {
    const old = before.containers.find((container) => container.name === name);
    const now = after.containers.find((container) => container.name === name);
    if (old === undefined)
      return [{ field: null, container: name, before: null, after: now?.image ?? '', words: `container ${name} was added` }];
    if (now === undefined)
      return [{ field: null, container: name, before: old.image, after: null, words: `container ${name} was removed` }];
    return containerDifferences(old, now).map((difference) => ({ ...difference, container: name }));
  });
}

type Difference = Omit<TemplateDifference, 'container'>;

function containerDifferences(old: ContainerTemplate, now: ContainerTemplate): Difference[] {
  return [
    ...change('image', old.image, now.image),
    ...variableChanges(old.variables, now.variables),
    ...change('CPU request', old.cpuRequest, now.cpuRequest),
    ...change('CPU limit', old.cpuLimit, now.cpuLimit),
    ...change('memory request', old.memoryRequest, now.memoryRequest),
    ...change('memory limit', old.memoryLimit, now.memoryLimit),
    ...change('readiness probe', probeText(old.readiness), probeText(now.readiness)),
    ...change('liveness probe', probeText(old.liveness), probeText(now.liveness)),
    ...change('startup probe', probeText(old.startup), probeText(now.startup)),
  ];
}

function variableChanges(old: ContainerTemplate['variables'], now: ContainerTemplate['variables']): Difference[] {
  const names = [...new Set([...old, ...now].map(({ name }) => name))].sort();
  return names.flatMap((name): Difference[] => {
    const before = old.find((variable) => variable.name === name);
    const after = now.find((variable) => variable.name === name);
    const field = `variable ${name}`;
    if (before === undefined) return [{ field, before: null, after: 'set', words: `${field} was added` }];
    if (after === undefined) return [{ field, before: 'set', after: null, words: `${field} was removed` }];
    return before.hash === after.hash ? [] : [{ field, before: 'set', after: 'set to something else', words: `${field} was changed` }];
  });
}

function change(field: string, before: string | null, after: string | null): Difference[] {
  return before === after ? [] : [{ field, before, after, words: `${field} ${before ?? 'none'} became ${after ?? 'none'}` }];
}

function probeText(probe: ProbeTemplate | null): string | null {
  if (probe === null) return null;
  const where = [probe.path, probe.port === null ? null : `port ${probe.port}`].filter((part) => part !== null).join(' on ');
  return `${where || 'by command'} (every ${probe.periodSeconds} s, ${probe.failureThreshold} times, within ${probe.timeoutSeconds} s, after ${probe.initialDelaySeconds} s)`;
}

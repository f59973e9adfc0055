import type { ContainerTemplate, PodTemplate, ProbeTemplate } from '../evidence/pod-template.ts';

/** What a revision changed against the one before it, in words; values of variables stay unread. Empty: no more than a restart. */
export function templateChanges(before: PodTemplate, after: PodTemplate): string[] {
  const names = [...new Set([...before.containers, ...after.containers].map(({ name }) => name))];
  const several = names.length > 1;
  return names.flatMap((name) => {
    const old = before.containers.find((container) => container.name === name);
    const now = after.containers.find((container) => container.name === name);
    if (old === undefined) return [`container ${name} was added`];
    if (now === undefined) return [`container ${name} was removed`];
    return containerChanges(old, now).map((change) => (several ? `container ${name}: ${change}` : change));
  });
}

function containerChanges(old: ContainerTemplate, now: ContainerTemplate): string[] {
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

function variableChanges(old: ContainerTemplate['variables'], now: ContainerTemplate['variables']): string[] {
  const names = [...new Set([...old, ...now].map(({ name }) => name))].sort();
  return names.flatMap((name) => {
    const before = old.find((variable) => variable.name === name);
    const after = now.find((variable) => variable.name === name);
    if (before === undefined) return [`variable ${name} was added`];
    if (after === undefined) return [`variable ${name} was removed`];
    return before.hash === after.hash ? [] : [`variable ${name} was changed`];
  });
}

function change(what: string, before: string | null, after: string | null): string[] {
  return before === after ? [] : [`${what} ${before ?? 'none'} became ${after ?? 'none'}`];
}

function probeText(probe: ProbeTemplate | null): string | null {
  if (probe === null) return null;
  const where = [probe.path, probe.port === null ? null : `port ${probe.port}`].filter((part) => part !== null).join(' on ');
  return `${where || 'by command'} (every ${probe.periodSeconds} s, ${probe.failureThreshold} times, within ${probe.timeoutSeconds} s, after ${probe.initialDelaySeconds} s)`;
}

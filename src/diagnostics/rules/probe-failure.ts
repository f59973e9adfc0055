export type Probe = 'readiness' | 'liveness' | 'startup';

/** What a probe of the kubelet met. */
export interface ProbeFailure {
  readonly probe: Probe;
  /** `status`: the process answered, with `statusCode`. `refused`: nothing listens there. `timeout`: no answer in time. */
  readonly kind: 'status' | 'refused' | 'timeout' | 'other';
  readonly statusCode: number | null;
}

/** From the note of an event "Unhealthy"; null where it is of something else. */
export function probeFailure(note: string): ProbeFailure | null {
  const probe = /^(Readiness|Liveness|Startup) probe (?:failed|errored)/i.exec(note)?.[1]?.toLowerCase();
  if (probe !== 'readiness' && probe !== 'liveness' && probe !== 'startup') return null;
  const statusCode = /statuscode: (\d{3})/i.exec(note)?.[1];
  if (statusCode !== undefined) return { probe, kind: 'status', statusCode: Number(statusCode) };
  const kind = /connection refused/i.test(note)
    ? 'refused'
    : /deadline exceeded|timed? ?out|Client\.Timeout/i.test(note)
      ? 'timeout'
      : 'other';
  return { probe, kind, statusCode: null };
}

/** The probe for which the kubelet kills a container, from the note of an event "Killing"; null where it kills for another reason. */
export function killedFor(note: string): 'liveness' | 'startup' | null {
  const probe = /failed (liveness|startup) probe/i.exec(note)?.[1]?.toLowerCase();
  return probe === 'liveness' || probe === 'startup' ? probe : null;
}

export function describeFailure({ kind, statusCode }: Pick<ProbeFailure, 'kind' | 'statusCode'>): string {
  switch (kind) {
    case 'status':
      return `it was answered with ${statusCode ?? 'an error'}`;
    case 'refused':
      return 'the connection was refused';
    case 'timeout':
      return 'there was no answer in time';
    case 'other':
      return 'it failed';
  }
}

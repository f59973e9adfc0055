import { type PodLogs, podLogs } from '../evidence/pod-logs.ts';
import type { LogGroup } from '../rules/log-groups.ts';
import { FATAL_SIGNATURES } from '../rules/log-signatures.ts';
import { count, seconds, short } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type SignatureFact = {
  signature: string;
  count: number;
  pods: number;
  /** A few of them, with commas between. */
  podNames: string;
  /** Of the pods that logged it; null where they are not known. */
  oldestRevision: number | null;
  newestRevision: number | null;
  firstAt: string;
  lastAt: string;
  /** How many of the messages are from containers that have ended. */
  previous: number;
  /** Of the group with most of the messages. */
  exception: string;
  frame: string;
  sample: string;
};

type LogFacts = {
  messages: number;
  warnings: number;
  errors: number;
  fatal: number;
  sinceSeconds: number;
  podsRead: number;
  /** Revisions of the pods whose logs were read. */
  revisionsRead: number[];
  signatures: SignatureFact[];
  groups: {
    level: string;
    count: number;
    share: number;
    pattern: string;
    exception: string;
    frame: string;
    pods: number;
    previous: number;
    firstAt: string;
    lastAt: string;
    sample: string;
  }[];
};

const SHOWN_GROUPS = 8;
const SHOWN_PODS = 10;
const LONGEST_SAMPLE = 240;

export const k8sLogs = defineCheck({
  id: 'k8s.logs',
  title: 'Logs',
  needs: { podLogs },
  judge({ podLogs: { data } }): Judgement<LogFacts> {
    const facts = factsOf(data);
    const { messages, signatures, errors: total } = facts;
    const window = `in the logs of ${count(data.podsRead, 'pod')} of the last ${seconds(data.sinceSeconds)}`;
    const worst = data.groups.find(({ level }) => level === 'error' || level === 'fatal') ?? data.groups[0];
    const example = worst === undefined ? '' : `; most often (${count(worst.count, 'time')}): ${short(nameOf(worst), 140)}`;
    const known = data.groups.some(({ signatures: own }) => own.some((id) => FATAL_SIGNATURES.includes(id)));
    if (facts.fatal > 0 || known) return { verdict: 'fail', summary: `There are fatal messages ${window}${example}.`, facts };
    if (messages === 0 && data.groups.length === 0)
      return { verdict: 'unknown', summary: `There is nothing ${window} that the bot can read: healthy and silent look the same.`, facts };
    if (total > 0) return { verdict: 'warn', summary: `${count(total, 'error')} ${window}${example}.`, facts };
    if (data.groups.some(({ level, signatures: own }) => level === 'warn' && own.length > 0))
      return { verdict: 'warn', summary: `There are known warnings ${window}${example}.`, facts };
    const also = signatures.length === 0 ? '' : ' that says so';
    return { verdict: 'ok', summary: `No error among ${count(messages, 'message')} ${window}${also}.`, facts };
  },
});

/** What a group is about: its exception says more than the words around it. */
function nameOf({ exception, pattern, sample }: LogGroup): string {
  return exception === '' ? sample : `${exception}: ${pattern}`;
}

function factsOf(data: PodLogs): LogFacts {
  const { messages, warnings, errors, fatal, sinceSeconds, podsRead, groups } = data;
  const all = warnings + errors + fatal;
  return {
    messages,
    warnings,
    errors: errors + fatal,
    fatal,
    sinceSeconds,
    podsRead,
    revisionsRead: revisionsOf(Object.keys(data.revisions), data),
    signatures: [...new Set(groups.flatMap(({ signatures }) => signatures))].sort().map((id) => signatureFact(id, data)),
    groups: groups.slice(0, SHOWN_GROUPS).map((group) => ({
      level: group.level,
      count: group.count,
      share: all === 0 ? 0 : group.count / all,
      pattern: short(group.pattern, 160),
      exception: group.exception,
      frame: group.frame,
      pods: group.pods.length,
      previous: group.previous,
      firstAt: group.firstAt,
      lastAt: group.lastAt,
      sample: short(group.sample, LONGEST_SAMPLE),
    })),
  };
}

function signatureFact(signature: string, data: PodLogs): SignatureFact {
  const groups = data.groups.filter((group) => group.signatures.includes(signature));
  const pods = [...new Set(groups.flatMap((group) => group.pods))].sort();
  const revisions = revisionsOf(pods, data);
  const times = groups.flatMap(({ firstAt, lastAt }) => [firstAt, lastAt].filter((time) => time !== '')).sort();
  return {
    signature,
    count: groups.reduce((sum, group) => sum + group.count, 0),
    pods: pods.length,
    podNames: pods.slice(0, SHOWN_PODS).join(', '),
    oldestRevision: revisions[0] ?? null,
    newestRevision: revisions.at(-1) ?? null,
    firstAt: times[0] ?? '',
    lastAt: times.at(-1) ?? '',
    previous: groups.reduce((sum, group) => sum + group.previous, 0),
    exception: groups[0]?.exception ?? '',
    frame: groups[0]?.frame ?? '',
    sample: short(groups[0]?.sample ?? '', LONGEST_SAMPLE),
  };
}

function revisionsOf(pods: readonly string[], { revisions }: PodLogs): number[] {
  return [...new Set(pods.flatMap((pod) => revisions[pod] ?? []))].sort((a, b) => a - b);
}

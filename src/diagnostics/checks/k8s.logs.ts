import { podLogs } from '../evidence/pod-logs.ts';
import { FATAL_SIGNATURES, groupMessages } from '../rules/log-signatures.ts';
import { count, seconds, short } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type LogFacts = {
  messages: number;
  errors: number;
  signatures: { signature: string; count: number; pods: number; lastAt: string }[];
  groups: { level: string; count: number; pattern: string; exception: string; pods: number; lastAt: string }[];
};

const SHOWN_GROUPS = 5;

export const k8sLogs = defineCheck({
  id: 'k8s.logs',
  title: 'Logs',
  needs: { podLogs },
  judge({ podLogs: { data: read } }): Judgement<LogFacts> {
    const data = { ...read, messages: read.messages.length, groups: groupMessages(read.messages) };
    const errors = data.groups.filter(({ level }) => level === 'error' || level === 'fatal');
    const total = errors.reduce((sum, group) => sum + group.count, 0);
    const ids = [...new Set(data.groups.flatMap(({ signatures }) => signatures))].sort();
    const signatures = ids.map((signature) => {
      const groups = data.groups.filter((group) => group.signatures.includes(signature));
      return {
        signature,
        count: groups.reduce((sum, group) => sum + group.count, 0),
        pods: new Set(groups.flatMap(({ pods }) => pods)).size,
        lastAt:
          groups
            .map((group) => group.lastAt)
            .sort()
            .at(-1) ?? '',
      };
    });
    const groups = data.groups.slice(0, SHOWN_GROUPS).map(({ level, count: times, pattern, exception, pods, lastAt }) => ({
      level,
      count: times,
      pattern: short(pattern, 160),
      exception,
      pods: pods.length,
      lastAt,
    }));
    const facts = { messages: data.messages, errors: total, signatures, groups };
    const window = `in the logs of ${count(data.podsRead, 'pod')} of the last ${seconds(data.sinceSeconds)}`;
    const worst = errors[0] ?? data.groups[0];
    const example = worst === undefined ? '' : `; most often (${worst.count} times): ${short(worst.sample, 140)}`;
    const fatal = data.groups.some(({ level, signatures: own }) => level === 'fatal' || own.some((id) => FATAL_SIGNATURES.includes(id)));
    if (fatal) return { verdict: 'fail', summary: `There are fatal messages ${window}${example}.`, facts };
    if (data.messages === 0) return { verdict: 'unknown', summary: `There is nothing ${window}: healthy and silent look the same.`, facts };
    if (total > 0) return { verdict: 'warn', summary: `${count(total, 'error')} ${window}${example}.`, facts };
    if (signatures.length > 0) return { verdict: 'warn', summary: `There are known warnings ${window}${example}.`, facts };
    return { verdict: 'ok', summary: `No error among ${count(data.messages, 'message')} ${window}.`, facts };
  },
});

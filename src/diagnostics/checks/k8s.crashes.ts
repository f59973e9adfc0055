import { crashLogs } from '../evidence/crash-logs.ts';
import { type ContainerState, type Pod, pods } from '../evidence/pods.ts';
import { exitMeaning } from '../rules/exit-code.ts';
import { lastWords } from '../rules/last-words.ts';
import type { LogMessage } from '../rules/log-lines.ts';
import { secondsSince } from '../rules/moments.ts';
import { count, seconds, short } from '../rules/phrases.ts';
import { podState } from '../rules/pod-state.ts';
import { defineCheck, type Judgement } from '../types.ts';

type CrashFacts = {
  ends: {
    pod: string;
    revision: number | null;
    container: string;
    /** Kubernetes restarts it again and again. */
    looping: boolean;
    restarts: number;
    exitCode: number;
    reason: string;
    secondsAgo: number | null;
    /** Ids of known messages at the end of its log, separated by spaces. */
    signatures: string;
    message: string;
    exception: string;
    frame: string;
    service: string;
  }[];
};

const LONGEST_MESSAGE = 240;

export const k8sCrashes = defineCheck({
  id: 'k8s.crashes',
  title: 'Ends of containers',
  needs: { crashLogs, pods },
  judge({ crashLogs: { data: logs }, pods: { data: all } }, { now }): Judgement<CrashFacts> {
    const ends = logs.flatMap((log) => {
      const pod = all.find(({ name }) => name === log.pod);
      const container = pod?.containers.find(({ name }) => name === log.container);
      return pod === undefined || container === undefined ? [] : endOf(pod, container, log.messages, now);
    });
    const facts = { ends };
    const [worst] = [...ends].sort((a, b) => Number(b.looping) - Number(a.looping) || b.restarts - a.restarts);
    if (worst === undefined) return { verdict: 'ok', summary: 'No container of the pods has ended lately.', facts };
    const pods = count(new Set(ends.map(({ pod }) => pod)).size, 'pod');
    const ago = worst.secondsAgo === null ? '' : ` ${seconds(worst.secondsAgo)} ago`;
    const said = worst.message === '' ? '' : ` Its log ends with: ${short(worst.message, 160)}`;
    const summary = `Containers of ${pods} have ended lately; that of ${worst.pod}${ago} with exit code ${worst.exitCode}: ${exitMeaning(worst.exitCode, worst.reason)}.${said}`;
    return { verdict: ends.some(({ looping }) => looping) ? 'fail' : 'warn', summary, facts };
  },
});

function endOf(pod: Pod, { name, restarts, terminated }: ContainerState, messages: readonly LogMessage[], now: Date): CrashFacts['ends'] {
  if (terminated === null) return [];
  const { signatures, message, ...words } = lastWords(messages);
  return [
    {
      pod: pod.name,
      revision: pod.revision,
      container: name,
      looping: podState(pod, now) === 'crash-loop',
      restarts,
      exitCode: terminated.exitCode,
      reason: terminated.reason,
      secondsAgo: secondsSince(terminated.finishedAt, now),
      signatures: signatures.join(' '),
      message: short(message, LONGEST_MESSAGE),
      ...words,
    },
  ];
}

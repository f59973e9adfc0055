import { deploymentState } from '../evidence/deployment-state.ts';
import { seconds } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type StateFacts = {
  /** Null: none was asked about. */
  executionId: string | null;
  status: string | null;
  runningSeconds: number | null;
  lastStage: string | null;
  answers: string;
  stuckSeconds: number;
};

/** What an answer that tells no state means. */
const MEANINGS: Readonly<Record<string, string>> = {
  '401': "the bot's token is missing or not accepted",
  '403': "the bot's token may not read deployments",
  '404': 'no pod that was asked knows it: another one runs it, or the one that did was restarted',
  '429': 'the question was rate limited',
};

export const httpDeployment = defineCheck({
  id: 'http.deployment',
  title: 'State of the deployment',
  needs: { deploymentState },
  judge({ deploymentState: { data } }, { thresholds: { jobStuckSeconds } }): Judgement<StateFacts> {
    const none = { executionId: null, status: null, runningSeconds: null, lastStage: null, answers: '', stuckSeconds: jobStuckSeconds };
    if (data === null) return { verdict: 'not-applicable', summary: 'No execution was named.', facts: none };
    const { executionId, status, runningSeconds, lastStage } = data;
    const facts = { ...none, executionId, status, runningSeconds, lastStage, answers: data.answers.join(', ') };
    if (status === null) {
      const last = data.answers.at(-1) ?? 'no answer';
      return {
        verdict: 'unknown',
        summary: `The service did not tell the state of ${executionId} (${facts.answers}): ${MEANINGS[last] ?? 'it did not answer as it should'}.`,
        facts,
      };
    }
    const since = runningSeconds === null ? '' : ` for ${seconds(runningSeconds)}`;
    const stage = lastStage === null || lastStage === '' ? '' : `; last stage ${lastStage}`;
    const text = `The service says that ${executionId} is ${status}`;
    if (status === 'Failed') return { verdict: 'fail', summary: `${text}${stage}.`, facts };
    if (status === 'PendingApproval') return { verdict: 'warn', summary: `${text}${since}${stage}.`, facts };
    if (status === 'Running' && (runningSeconds ?? 0) > jobStuckSeconds)
      return { verdict: 'warn', summary: `${text}${since}, above ${seconds(jobStuckSeconds)}${stage}.`, facts };
    return { verdict: 'ok', summary: `${text}${status === 'Running' ? since : ''}${stage}.`, facts };
  },
});

import { type DeploymentState, deploymentState } from '../evidence/deployment-state.ts';
import { count, seconds, some } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type StateFacts = {
  /** The execution that was asked about; null: none, and the service was asked for a list. */
  named: string | null;
  /** The one that was named, or those of the list that may be stuck. */
  deployments: { executionId: string; status: string | null; runningSeconds: number | null; lastStage: string | null }[];
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

const meaning = (answer: string | undefined) => MEANINGS[answer ?? ''] ?? 'it did not answer as it should';

export const httpDeployment = defineCheck({
  id: 'http.deployment',
  title: 'State of the deployment',
  needs: { deploymentState },
  judge({ deploymentState: { data } }, { thresholds: { jobStuckSeconds } }): Judgement<StateFacts> {
    const { named, answers, deployments } = data;
    const facts = {
      named,
      deployments: deployments.map((one) => ({ ...one })),
      answers: answers.join(', '),
      stuckSeconds: jobStuckSeconds,
    };
    if (named === null) return { ...listed(facts, answers), facts };
    const [one] = deployments;
    if (one === undefined || one.status === null)
      return {
        verdict: 'unknown',
        summary: `The service did not tell the state of ${named} (${facts.answers}): ${meaning(answers.at(-1))}.`,
        facts,
      };
    return { ...verdictOf(one, jobStuckSeconds), facts };
  },
});

function listed({ deployments, stuckSeconds }: StateFacts, answers: readonly string[]): Pick<Judgement<StateFacts>, 'verdict' | 'summary'> {
  if (answers.every((answer) => answer === '404'))
    return { verdict: 'not-applicable', summary: 'No execution was named, and the service does not list its deployments.' };
  const bad = answers.find((answer) => answer !== '200');
  if (bad !== undefined && deployments.length === 0)
    return { verdict: 'unknown', summary: `The service did not list its deployments (${some([...new Set(answers)])}): ${meaning(bad)}.` };
  if (deployments.length === 0)
    return {
      verdict: 'ok',
      summary: `The service lists no deployment that runs for more than ${seconds(stuckSeconds)} or waits for its approval.`,
    };
  const names = some(deployments.map(({ executionId, status }) => `${executionId} (${status})`));
  // one that waits for its approval is everyday business
  const slow = deployments.filter(({ status }) => status === 'Running').length;
  const text = `The service lists ${count(deployments.length, 'deployment')} running for more than ${seconds(stuckSeconds)} or waiting for an approval: ${names}.`;
  return { verdict: slow > 0 ? 'warn' : 'ok', summary: text };
}

function verdictOf(
  { executionId, status, runningSeconds, lastStage }: DeploymentState,
  stuckSeconds: number,
): Pick<Judgement<StateFacts>, 'verdict' | 'summary'> {
  const since = runningSeconds === null ? '' : ` for ${seconds(runningSeconds)}`;
  const stage = lastStage === null || lastStage === '' ? '' : `; last stage ${lastStage}`;
  const text = `The service says that ${executionId} is ${status}`;
  if (status === 'Failed') return { verdict: 'fail', summary: `${text}${stage}.` };
  if (status === 'PendingApproval') return { verdict: 'warn', summary: `${text}${since}${stage}.` };
  if (status === 'Running' && (runningSeconds ?? 0) > stuckSeconds)
    return { verdict: 'warn', summary: `${text}${since}, above ${seconds(stuckSeconds)}${stage}.` };
  return { verdict: 'ok', summary: `${text}${status === 'Running' ? since : ''}${stage}.` };
}

import { describe, expect, it } from 'vitest';
import { isAboutJob } from '../../../src/diagnostics/rules/job-log.ts';

const job = { id: '4711', deploymentId: '0f8fad5b-d9cb-469f-a165-70867728950e' };
const { deploymentId } = job;

describe('a line of a log', () => {
  it.each([
    [`Deployment ${deploymentId} is at 40 %`, true],
    [`{"DeploymentId":"${deploymentId}","Message":"node is done"}`, true],
    ['claimed job #4711', true],
    ['claimed job 47110', false],
    [`HTTP GET /api/v1/deployments/${deploymentId} responded 200 in 3 ms`, false],
    [`Request starting HTTP/1.1 GET https://x/deployments%2F${deploymentId}`, false],
    [`GET /api/v1/deployments/${deploymentId}: deployment ${deploymentId} goes on`, true],
    ['an ordinary line', false],
  ])('%s: about the job or not', (line, about) => expect(isAboutJob(line, job)).toBe(about));
});

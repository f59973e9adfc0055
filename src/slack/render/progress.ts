import type { KnownBlock, PlanBlock, TaskCardBlock } from '@slack/types';
import type { ProgressStep, Run } from '../../store/runs.ts';
import { context, section } from './blocks.ts';
import type { RenderedMessage } from './report.ts';
import { duration, escapeText, shorten } from './text.ts';
import { subject, terminalCommand, VERDICT } from './wording.ts';

/** Slack takes 50 cards in a plan; more than these are hard to follow anyway. */
const MOST_STEPS = 40;
/** Once there is a report: what is not as it should be comes first, the rest is counted. */
const MOST_STEPS_AFTERWARDS = 12;

type ProgressRun = Pick<Run, 'id' | 'topic' | 'target' | 'status' | 'progress' | 'notice' | 'attempts' | 'failure' | 'report'>;

/** What a run is looking at: one message, edited until the run ends. */
export function renderProgress(run: ProgressRun): RenderedMessage {
  const title = headline(run);
  const { steps, rest } = stepsToShow(run);
  const blocks: KnownBlock[] = steps.length === 0 ? [section(`*${escapeText(title)}*`)] : [plan(title, run, steps)];
  if (rest !== '') blocks.push(context(rest));
  const notice = noticeText(run);
  if (notice !== null) blocks.push(section(notice));
  return { text: escapeText(title) + (notice === null ? '' : `. ${notice}`), blocks };
}

function stepsToShow(run: ProgressRun): { steps: readonly ProgressStep[]; rest: string } {
  const all = run.progress;
  if (run.report === null || all.length <= MOST_STEPS_AFTERWARDS) {
    const steps = all.slice(0, MOST_STEPS);
    return { steps, rest: steps.length === all.length ? '' : `and ${all.length - steps.length} more` };
  }
  const bad = all.filter((step) => outcome(run, step) !== null);
  const steps = (bad.length === 0 ? all : bad).slice(0, MOST_STEPS_AFTERWARDS);
  const more = bad.length > steps.length ? [`${bad.length - steps.length} more are not as they should be`] : [];
  const well = all.length - Math.max(bad.length, steps.length);
  const fine = well === 0 ? [] : [`${well} other${well === 1 ? ' is' : 's are'} as ${well === 1 ? 'it' : 'they'} should be`];
  return { steps, rest: `${[...more, ...fine].join(', ')}.` };
}

function headline(run: ProgressRun): string {
  const done = run.progress.filter(({ status }) => status === 'complete' || status === 'error').length;
  const name = `${subject(run).charAt(0).toLowerCase()}${subject(run).slice(1)}`;
  switch (run.status) {
    case 'queued':
      return `Waiting for a worker to look at ${name}`;
    case 'running':
      return run.progress.length === 0 ? `Looking at ${name}` : `Looking at ${name}: ${done} of ${run.progress.length}`;
    case 'done':
      return `Looked at ${name}${run.report === null ? '' : ` in ${duration(run.report.durationMs)}`}`;
    case 'failed':
    case 'interrupted':
      return `Stopped looking at ${name}`;
  }
}

/** Slack shows a card's status by its shape, so the words repeat it. */
function plan(title: string, run: ProgressRun, steps: readonly ProgressStep[]): PlanBlock {
  return { type: 'plan', title: shorten(title, 150), tasks: steps.map((step) => taskCard(run, step)) };
}

function taskCard(run: ProgressRun, step: ProgressStep): TaskCardBlock {
  const detail = outcome(run, step);
  return {
    type: 'task_card',
    task_id: shorten(`${run.id}:${step.id}`, 200),
    title: shorten(step.title, 100),
    status: step.status,
    ...(detail === null
      ? {}
      : {
          output: {
            type: 'rich_text',
            elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: shorten(detail, 120) }] }],
          },
        }),
  };
}

/** While it runs, what was found; once there is a report, only what is not as it should be, in words, so that the eye finds it. */
function outcome(run: ProgressRun, step: ProgressStep): string | null {
  const check = run.report?.checks.find(({ id }) => id === step.id);
  if (check === undefined) return step.detail === '' ? null : step.detail;
  if (check.verdict === 'ok' || check.verdict === 'not-applicable') return null;
  const verdict = VERDICT[check.verdict];
  return `${verdict.charAt(0).toUpperCase()}${verdict.slice(1)}: ${check.summary}`;
}

function noticeText(run: ProgressRun): string | null {
  const instead = `Meanwhile you can run \`${terminalCommand(run)}\` in a terminal.`;
  if (run.status === 'running' && run.notice === 'no-worker')
    return `The worker that began this has stopped, and no other one is running. ${instead}`;
  if (run.status === 'queued' && run.notice === 'no-worker') return `No worker is running, so nobody takes this up. ${instead}`;
  if (run.status === 'queued' && run.notice === 'waiting') return `Every worker is busy; this waits in the queue. ${instead}`;
  if (run.notice === 'taken-over' && (run.status === 'queued' || run.status === 'running'))
    return `The worker that began this has stopped. Another one has taken it over (attempt ${run.attempts}).`;
  if (run.notice === 'taken-over' && run.status === 'done') return `The first worker had stopped; attempt ${run.attempts} finished it.`;
  return null;
}

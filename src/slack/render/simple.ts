import type { KnownBlock, PlanBlock, SectionBlock, TaskCardBlock } from '@slack/types';
import { escapeText } from './text.ts';

/** Blocks that every workspace shows. */
const SAFE = new Set(['header', 'section', 'context', 'divider', 'actions', 'rich_text', 'image', 'input']);

const STATUS_WORDS: Readonly<Record<TaskCardBlock['status'], string>> = {
  pending: 'waiting',
  in_progress: 'looking…',
  complete: 'done',
  error: 'problem',
};

const LIMIT = 2_900;

/** The same content in blocks that Slack has always known: a plan becomes a list of lines, what cannot be said in them is left out. */
export function simplifyBlocks(blocks: readonly KnownBlock[]): KnownBlock[] {
  return blocks.flatMap((block) => {
    if (block.type === 'plan') return simplifyPlan(block);
    if (block.type === 'task_card') return section([taskLine(block)]);
    return SAFE.has(block.type) ? [block] : [];
  });
}

function simplifyPlan(plan: PlanBlock): SectionBlock[] {
  const tasks = (plan.tasks ?? []).filter(isTaskCard);
  return section([`*${plan.title}*`, ...tasks.map(taskLine)]);
}

function isTaskCard(task: TaskCardBlock | Record<string, unknown>): task is TaskCardBlock {
  return task.type === 'task_card' && typeof task.title === 'string';
}

function taskLine(task: TaskCardBlock): string {
  const words = [task.output, task.details].flatMap((text) => (text === undefined ? [] : [plainText(text)])).join(' ');
  return `• ${escapeText(task.title)}: ${STATUS_WORDS[task.status]}${words === '' ? '' : ` (${escapeText(words)})`}`;
}

function plainText(text: NonNullable<TaskCardBlock['output']>): string {
  return text.elements
    .flatMap((element) => (element.type === 'rich_text_section' ? element.elements : []))
    .map((part) => (part.type === 'text' ? part.text : ''))
    .join('');
}

function section(lines: readonly string[]): SectionBlock[] {
  const sections: string[] = [];
  for (const line of lines.map((text) => text.slice(0, LIMIT))) {
    const last = sections.at(-1);
    if (last === undefined || last.length + line.length + 1 > LIMIT) sections.push(line);
    else sections[sections.length - 1] = `${last}\n${line}`;
  }
  return sections.map((text) => ({ type: 'section', text: { type: 'mrkdwn', text } }));
}

import type { ContextBlock, HeaderBlock, KnownBlock, RichTextBlock, SectionBlock } from '@slack/types';
import { shorten } from './text.ts';

/** Slack's limits, with some room (docs.slack.dev, Block Kit reference; the sum of a message is not documented and was measured). */
export const LIMIT = { sectionText: 2_900, blocks: 48, messageText: 9_500, header: 150 } as const;

export function header(text: string): HeaderBlock {
  return { type: 'header', text: { type: 'plain_text', text: shorten(text, LIMIT.header), emoji: false } };
}

/** One section of mrkdwn; the caller escapes what is not markup. */
export function section(text: string): SectionBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: shorten(text, LIMIT.sectionText) } };
}

export function context(text: string): ContextBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: shorten(text, LIMIT.sectionText) }] };
}

/** A list under a heading, in as many sections as it takes. No lines, no blocks. */
export function list(heading: string, lines: readonly string[]): SectionBlock[] {
  return listTexts(heading, lines).map(section);
}

/** The same in small print. */
export function smallList(heading: string, lines: readonly string[]): ContextBlock[] {
  return listTexts(heading, lines).map(context);
}

function listTexts(heading: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const texts: string[] = [heading];
  for (const line of lines.map((text) => shorten(`• ${text}`, LIMIT.sectionText))) {
    const last = texts.at(-1) ?? '';
    if (last.length + line.length + 1 > LIMIT.sectionText) texts.push(line);
    else texts[texts.length - 1] = `${last}\n${line}`;
  }
  return texts;
}

/** The first `most` items, and a line that says how many more there are and where. */
export function capped<Item>(items: readonly Item[], most: number, line: (item: Item) => string, where: string): string[] {
  const lines = items.slice(0, most).map(line);
  return items.length > most ? [...lines, `and ${items.length - most} more${where}`] : lines;
}

/** A text to copy, shown as it is. */
export function preformatted(text: string): RichTextBlock {
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: shorten(text, LIMIT.sectionText) }] }],
  };
}

/** Characters of text in blocks, counted as widely as Slack might. */
export function textLength(blocks: unknown): number {
  if (Array.isArray(blocks)) return blocks.reduce<number>((sum, block) => sum + textLength(block), 0);
  if (typeof blocks !== 'object' || blocks === null) return 0;
  let sum = 0;
  for (const [name, value] of Object.entries(blocks)) {
    if (typeof value === 'string') sum += name === 'text' || name === 'title' || name === 'alt_text' ? value.length : 0;
    else sum += textLength(value);
  }
  return sum;
}

/** Puts groups of blocks into as few messages as Slack's limits allow, in order; a group is split only where it fits in no message. */
export function packMessages(groups: readonly (readonly KnownBlock[])[]): KnownBlock[][] {
  const messages: KnownBlock[][] = [];
  const fits = (blocks: readonly KnownBlock[]) => blocks.length <= LIMIT.blocks && textLength(blocks) <= LIMIT.messageText;
  const add = (blocks: readonly KnownBlock[]) => {
    const last = messages.at(-1);
    if (last !== undefined && fits([...last, ...blocks])) last.push(...blocks);
    else messages.push([...blocks]);
  };
  for (const group of groups) {
    if (fits(group)) add(group);
    else for (const block of group) add([block]);
  }
  return messages.filter((blocks) => blocks.length > 0);
}

import type { Registry } from './registry.ts';
import type { Link, Step } from './report.ts';
import type { Topic } from './types.ts';

/** Where the team keeps its documents; undefined: nowhere that the bot knows. */
export interface LinkBases {
  /** Address of the troubleshooting guide. */
  readonly guideUrl: string | undefined;
  /** Address of the folder of the other runbooks. */
  readonly runbookUrl: string | undefined;
}

/** The section of the guide, and the runbooks, of a topic and of the sections that the flowchart went into. */
export function linksOf(topic: Topic, steps: readonly Step[], { topics }: Registry, bases: LinkBases): Link[] {
  const entered = steps.flatMap((step) => (step.entered ? (topics.get(step.topic) ?? []) : []));
  const links = (topic.flowchart === true ? entered : [topic]).flatMap((one) => linksOfOne(one, bases));
  return [...new Map(links.map((link) => [link.url, link])).values()];
}

function linksOfOne({ guideSection, runbooks = [] }: Topic, { guideUrl, runbookUrl }: LinkBases): Link[] {
  const guide = guideUrl === undefined ? [] : [{ title: `Guide: ${guideSection}`, url: `${guideUrl}#${anchorOf(guideSection)}` }];
  const base = runbookUrl?.replace(/\/+$/, '');
  return base === undefined ? guide : [...guide, ...runbooks.map(({ title, path }) => ({ title, url: `${base}/${path}` }))];
}

/** The anchor that Markdown viewers give a heading: lower case, spaces to hyphens, no other punctuation. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .trim()
    .replace(/\s+/g, '-');
}

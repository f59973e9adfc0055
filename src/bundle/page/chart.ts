import { escaped } from './html.ts';

/** A line over time. `at`: seconds since the epoch. */
export interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly query: string;
  readonly points: readonly Point[];
}

interface Point {
  readonly at: number;
  readonly value: number;
}

/** Something that happened meanwhile. */
export interface Mark {
  readonly at: number;
  readonly what: string;
}

const WIDTH = 400;
const HEIGHT = 100;
/** The unit of what lies between 0 and 1. */
export const SHARE = 'of all';
/** Where the next point is so many times as far away as usual, there was no value in between, and no line. */
const GAP = 2.5;

/** A line with its scale, its time, and what happened meanwhile. */
export function chartFigure({ title, unit, query, points }: Chart, marks: readonly Mark[]): string {
  const [first, last] = [points[0], points.at(-1)];
  const caption = `<figcaption>${escaped(title)}${unit === '' ? '' : ` <small>${escaped(unit)}</small>`}</figcaption>`;
  const asked = `<code class="query">${escaped(query)}</code>`;
  if (first === undefined || last === undefined) return `<figure>${caption}<p>No values.</p>${asked}</figure>`;
  const highest = Math.max(...points.map(({ value }) => value), 0);
  const span = Math.max(1, last.at - first.at);
  const x = (at: number) => (((at - first.at) / span) * WIDTH).toFixed(1);
  const y = (value: number) => (HEIGHT - (highest === 0 ? 0 : (value / highest) * HEIGHT)).toFixed(1);
  const lines = stretches(points).map(
    (stretch) => `<polyline points="${stretch.map(({ at, value }) => `${x(at)},${y(value)}`).join(' ')}"/>`,
  );
  const meanwhile = marks.filter(({ at }) => at >= first.at && at <= last.at);
  const ticks = meanwhile.map(({ at }) => `<line class="mark" x1="${x(at)}" x2="${x(at)}" y1="0" y2="${HEIGHT}"/>`);
  const amount = unit === SHARE ? percent : round;
  const words = `from ${amount(first.value)} to ${amount(last.value)}, at most ${amount(highest)} ${unit}`.trim();
  const label = escaped(`${title}: ${words}`);
  const notes = meanwhile.map(({ at, what }) => `<li>${time(at)} ${escaped(what)}</li>`);
  return `<figure>${caption}
<div class="plot"><span class="top">${amount(highest)}</span><span class="bottom">0</span>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}"><line class="grid" x1="0" x2="${WIDTH}" y1="${HEIGHT / 2}" y2="${HEIGHT / 2}"/>${ticks.join('')}${lines.join('')}</svg></div>
<div class="scale"><span>${time(first.at)}</span><span>${words}</span><span>${time(last.at)} UTC</span></div>
${notes.length === 0 ? '' : `<ul class="marks">${notes.join('')}</ul>`}${asked}</figure>`;
}

/** Parts of a line between which values are missing. */
function stretches(points: readonly Point[]): Point[][] {
  const steps = points.slice(1).map(({ at }, index) => at - (points[index]?.at ?? at));
  const usual = [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
  const parts: Point[][] = [];
  for (const point of points) {
    const part = parts.at(-1);
    const before = part?.at(-1);
    if (part === undefined || before === undefined || point.at - before.at > GAP * usual) parts.push([point]);
    else part.push(point);
  }
  return parts.map((part) => (part.length === 1 ? [...part, ...part] : part)); // a lone value is a dot
}

const percent = (value: number) => `${round(100 * value)} %`;
const round = (value: number) => String(Number(value.toPrecision(3)));
const time = (seconds: number) => new Date(seconds * 1_000).toISOString().slice(11, 16);

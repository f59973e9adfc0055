import type { Report } from '../diagnostics/report.ts';

/** A line over time. `at`: seconds since the epoch. */
export interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly query: string;
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

export interface PageContent {
  readonly target: string;
  readonly createdAt: Date;
  readonly told: { readonly symptom: string; readonly since: string; readonly changes: string };
  readonly report: Report | null;
  /** What was done about it, a line each, oldest first. */
  readonly fixes: readonly string[];
  readonly charts: readonly Chart[];
  readonly missing: readonly { readonly what: string; readonly reason: string; readonly mend: string }[];
}

/** report.html: one page that needs nothing else, for a browser without network. */
export function reportPage(content: PageContent): string {
  const { target, createdAt, report } = content;
  const sections = [
    told(content),
    report === null ? paragraph('No diagnosis belongs to this bundle.') : diagnoses(report),
    list('What was done', content.fixes.map(escaped)),
    content.charts.length === 0 ? '' : `<h2>Over time</h2><div class="charts">${content.charts.map(chart).join('')}</div>`,
    report === null ? '' : checks(report),
    list(
      'What could not be collected',
      content.missing.map(({ what, reason, mend }) => `<code>${escaped(what)}</code>: ${escaped(reason)} ${escaped(mend)}`),
    ),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(target)}, ${createdAt.toISOString()}</title><style>${STYLE}</style></head>
<body><main><h1>${escaped(report?.headline ?? `Support bundle of ${target}`)}</h1>
${paragraph(`Target ${escaped(target)}, made ${createdAt.toISOString()}. Secrets are taken out: manifest.json says how many.`)}
${sections.filter((section) => section !== '').join('\n')}
</main></body></html>
`;
}

const STYLE = `
:root{color-scheme:light dark;--line:#1264a3;--edge:#8886}
body{font:15px/1.5 system-ui,sans-serif;margin:0}main{max-width:60rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.15rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}td,th{border-top:1px solid var(--edge);padding:.3rem .5rem;text-align:left;vertical-align:top}
code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:1rem}
figure{margin:0;border:1px solid var(--edge);border-radius:6px;padding:.6rem}figcaption{font-weight:600}svg{width:100%;height:8rem}
polyline{fill:none;stroke:var(--line);stroke-width:1.5;vector-effect:non-scaling-stroke}small{opacity:.75}
`;

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const paragraph = (html: string) => `<p>${html}</p>`;

function list(title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `<h2>${title}</h2><ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;
}

function told({ told: { symptom, since, changes } }: PageContent): string {
  const rows = [
    ['Symptom', symptom],
    ['Since', since],
    ['Recent changes', changes],
  ].filter(([, text]) => text !== '');
  return list(
    'What a person said',
    rows.map(([name = '', text = '']) => `<strong>${name}:</strong> ${escaped(text)}`),
  );
}

function diagnoses(report: Report): string {
  const found = report.diagnoses.map(({ title, cause, certainty, role, explainedBy, summary, evidence, advice }) => {
    const place = role === 'root' ? 'Cause' : `Consequence of ${explainedBy ?? 'another cause'}`;
    const lines = [...evidence.map(({ text }) => escaped(text)), ...advice.map((text) => `<em>Advice:</em> ${escaped(text)}`)];
    return `<h2>${escaped(`${place}: ${title}`)}</h2><p><code>${escaped(cause)}</code>, ${certainty}. ${escaped(summary)}</p><ul>${lines.map((line) => `<li>${line}</li>`).join('')}</ul>`;
  });
  const timeline = list(
    'In order of time',
    report.timeline.map(({ at, what }) => `<code>${escaped(String(at))}</code> ${escaped(what)}`),
  );
  const ruledOut = list(
    'Ruled out',
    report.ruledOut.map(({ cause, because }) => `<code>${escaped(cause)}</code>: ${escaped(because)}`),
  );
  return [...found, timeline, ruledOut].join('\n');
}

function checks(report: Report): string {
  const rows = report.checks.map(
    ({ id, verdict, summary }) => `<tr><td><code>${escaped(id)}</code></td><td>${escaped(verdict)}</td><td>${escaped(summary)}</td></tr>`,
  );
  return `<h2>Checks</h2><table><thead><tr><th>Check</th><th>Verdict</th><th>What was seen</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

const WIDTH = 400;
const HEIGHT = 100;

function chart({ title, unit, points }: Chart): string {
  const values = points.map(({ value }) => value);
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined)
    return `<figure><figcaption>${escaped(title)}</figcaption><small>No values.</small></figure>`;
  const highest = Math.max(...values, 0);
  const span = Math.max(1, last.at - first.at);
  const place = ({ at, value }: Chart['points'][number]) =>
    `${(((at - first.at) / span) * WIDTH).toFixed(1)},${(HEIGHT - (highest === 0 ? 0 : (value / highest) * HEIGHT)).toFixed(1)}`;
  const words = `from ${round(first.value)} to ${round(last.value)}, at most ${round(highest)} ${unit}`.trim();
  return `<figure><figcaption>${escaped(title)}</figcaption><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${escaped(`${title}: ${words}`)}"><polyline points="${points.map(place).join(' ')}"/></svg><small>${escaped(words)}; ${time(first.at)} to ${time(last.at)}</small></figure>`;
}

const round = (value: number) => String(Number(value.toPrecision(3)));
const time = (seconds: number) => new Date(seconds * 1_000).toISOString().slice(11, 19);

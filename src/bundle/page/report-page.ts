import type { Report } from '../../diagnostics/report.ts';
import type { Manifest } from '../manifest.ts';
import type { Fix, Rollout, Shown, Version } from '../types.ts';
import { chartFigure, type Mark } from './chart.ts';
import { badge, bullets, code, escaped, folded, moment, moments, section, table } from './html.ts';
import { STYLE } from './style.ts';

export interface PageContent extends Shown {
  readonly manifest: Manifest;
  readonly fixes: readonly Fix[];
}

/** report.html: one page that needs nothing else, for a browser without network. */
export function reportPage(content: PageContent): string {
  const { manifest, report, fixes, charts } = content;
  const marks = marksOf(content);
  const sections = [
    headOf(content),
    section('What a person said', toldOf(manifest)),
    report === null ? '<p>No diagnosis belongs to this bundle.</p>' : section('What is wrong', diagnoses(report)),
    section('What was done', fixes.map(fixArticle).join('')),
    section('In order of time', report === null ? '' : moments(report.timeline)),
    section('Since it was last healthy', report === null ? '' : sinceHealthy(report)),
    section(
      'Over time',
      charts.length === 0 ? '' : `<div class="charts">${charts.map((chart) => chartFigure(chart, marks)).join('')}</div>`,
    ),
    section('Recent rollouts', rolloutTable(content.rollouts)),
    section('Versions', versionTable(content.versions)),
    section('What is not in it', notThere(manifest)),
    section('What was looked at', report === null ? '' : checks(report)),
    section('Secrets that were taken out', redactedOf(manifest)),
  ];
  const title = `${manifest.target}, ${manifest.createdAt}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><main>
${sections.filter((text) => text !== '').join('\n')}
</main></body></html>
`;
}

function headOf({ manifest, report }: PageContent): string {
  const { target, createdAt, sinceSeconds, botVersion } = manifest;
  const from = moment(new Date(Date.parse(createdAt) - sinceSeconds * 1_000).toISOString());
  const severity = report?.severity == null ? '' : `${badge('bad', report.severity)} `;
  const next =
    report === null || report.nextStep === '' ? '' : `<p class="next"><strong>Next step:</strong> ${escaped(report.nextStep)}</p>`;
  return `<header><p class="dim">${severity}Support bundle of <strong>${escaped(target)}</strong>: ${from} to ${moment(createdAt)} UTC</p>
<h1>${escaped(report?.headline ?? `Support bundle of ${target}`)}</h1>${next}
<p class="dim">Made by Hotswap Bot ${escaped(botVersion)}. <code>manifest.json</code> lists every file beside this one, with its SHA-256. All times are UTC.</p></header>`;
}

function toldOf({ told: { symptom, since, changes } }: Manifest): string {
  const rows = [
    ['What is wrong', symptom],
    ['Since when', since],
    ['What has changed', changes],
  ].filter(([, text]) => text !== '');
  return table(
    ['', ''],
    rows.map(([name = '', text = '']) => [escaped(name), escaped(text).replaceAll('\n', '<br>')]),
  );
}

function diagnoses(report: Report): string {
  const found = report.diagnoses.map(({ title, cause, certainty, role, explainedBy, summary, evidence, advice, benign }) => {
    const place = role === 'root' ? '' : `<p class="dim">A consequence of ${code(explainedBy ?? 'another cause')}</p>`;
    const asked = [...new Set(evidence.flatMap((line) => line.asked.map(({ command }) => command)))];
    return `<article class="${role}"><h3>${escaped(title)} ${badge(benign ? 'dim' : 'bad', benign ? 'no fault' : certainty)}</h3><p class="dim">${code(cause)}</p>${place}<p>${escaped(summary)}</p>${bullets(
      [...evidence.map(({ text }) => escaped(text)), ...advice.map((text) => `<strong>To do:</strong> ${escaped(text)}`)],
    )}${folded('How this was asked', asked.map((command) => `<pre>${escaped(command)}</pre>`).join(''))}</article>`;
  });
  const lines = (causes: Report['ruledOut']) => bullets(causes.map(({ cause, because }) => `${code(cause)}: ${escaped(because)}`));
  return [
    ...found,
    folded(`${report.undecided.length} causes that nobody could decide about`, lines(report.undecided)),
    folded(`${report.ruledOut.length} causes that were ruled out, and why`, lines(report.ruledOut)),
  ].join('');
}

function fixArticle({ title, state, outcome, story, readings }: Fix): string {
  const rows = readings.map(({ what, before, after }) => [escaped(what), escaped(before), escaped(after)]);
  return `<article><h3>${escaped(title)} ${badge('dim', state)}</h3><p>${escaped(outcome)}</p>${table(['', 'before', 'after'], rows)}${moments(story)}</article>`;
}

function sinceHealthy({ sinceHealthy: since }: Report): string {
  if (since === null) return '';
  return `<p>It was last seen healthy at ${moment(since.at)}. Different since then:</p>${bullets(since.changes.map(escaped))}`;
}

/** What happened, for the charts. */
function marksOf({ report, fixes }: PageContent): Mark[] {
  const done = fixes.flatMap(({ title, story }) =>
    story.filter(({ what }) => what.startsWith('Began')).map(({ at }) => ({ at, what: title })),
  );
  const all = [...(report?.timeline ?? []), ...done].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return all.map(({ at, what }) => ({ at: Date.parse(at) / 1_000, what }));
}

const MOST_ROLLOUTS = 20;

function rolloutTable(rollouts: readonly Rollout[]): string {
  const rows = rollouts.slice(0, MOST_ROLLOUTS).map(({ revision, at, images, changes, reason, wanted, ready }) => {
    const changed = changes === null ? 'the oldest that is kept' : changes.length === 0 ? 'nothing: a restart' : changes.join('; ');
    return [
      `${revision ?? '?'}`,
      moment(at),
      images.map(code).join('<br>'),
      escaped(`${changed}${reason === null ? '' : ` (${reason})`}`),
      wanted === 0 && ready === 0 ? 'none' : `${ready} of ${wanted} ready`,
    ];
  });
  return table(['revision', 'at', 'image', 'what it changed', 'pods'], rows);
}

function versionTable(versions: readonly Version[]): string {
  const rows = versions.map(({ what, version, note }) => [
    escaped(what),
    version === null ? badge('odd', 'not known') : code(version),
    escaped(note),
  ]);
  return table(['', 'version', ''], rows);
}

function notThere({ missing, files }: Manifest): string {
  const lacking = missing.map(({ what, reason, mend }) => [code(what), escaped(reason), escaped(mend)]);
  const cut = files.flatMap(({ path, cut: end, cutBefore }) => {
    if (cutBefore !== null) return [[code(path), escaped(cutBefore), '']];
    return end ? [[code(path), 'Cut at its end: it was longer than a file may be, or broke off.', 'Ask for a shorter time.']] : [];
  });
  return table(['', 'why', 'what would mend that'], [...lacking, ...cut]);
}

const MARKS = {
  fail: badge('bad', '✕ fail'),
  warn: badge('odd', '! warn'),
  unknown: badge('dim', '? unknown'),
  ok: badge('good', '✓ ok'),
  'not-applicable': badge('dim', '– none here'),
} as const;

function checks(report: Report): string {
  const rows = (verdicts: readonly Report['checks'][number]['verdict'][]) =>
    verdicts.flatMap((wanted) =>
      report.checks.filter(({ verdict }) => verdict === wanted).map(({ id, summary }) => [code(id), MARKS[wanted], escaped(summary)]),
    );
  const well = rows(['ok', 'not-applicable']);
  const columns = ['check', 'verdict', 'what was seen'];
  return `${table(columns, rows(['fail', 'warn', 'unknown']))}${folded(`${well.length} checks with nothing to see`, table(columns, well))}`;
}

function redactedOf({ redacted }: Manifest): string {
  if (redacted.length === 0) return '<p>None was found.</p>';
  const rows = redacted.map(({ kind, times, different }) => [code(kind), String(times), String(different)]);
  return `<p>Each stands as <code>[redacted-…]</code>; the same secret has the same name everywhere in this bundle.</p>${table(['kind', 'times', 'different ones'], rows)}`;
}

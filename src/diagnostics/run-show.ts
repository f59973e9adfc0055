import { collectSources } from './collect.ts';
import { notSeenIn } from './compose.ts';
import { NO_QUESTION } from './question.ts';
import type { Report } from './report.ts';
import { count } from './rules/phrases.ts';
import { collectOptions, type DiagnosisOptions } from './run.ts';
import { boundTable, type Show } from './show.ts';

/**
 * Reads what `show` lists and reports it as tables, without a judgement.
 * @throws Error where the signal is aborted.
 */
export async function runShow(show: Show, options: DiagnosisOptions): Promise<Report> {
  const { target, settings, question = NO_QUESTION } = options;
  const startedAt = options.now();
  const tell = (status: 'in_progress' | 'complete') => options.onProgress?.({ id: show.id, title: show.title, status, detail: null });
  tell('in_progress');
  const evidence = await collectSources(show.sources, collectOptions(options, startedAt));
  options.signal.throwIfAborted();
  tell('complete');
  const context = { target, now: startedAt, thresholds: settings.thresholds, question };
  const tables = show.tables(evidence, context).map((table) => boundTable(table, question.contains));
  const notSeen = notSeenIn(evidence);
  const finishedAt = options.now();
  const rows = tables.reduce((sum, table) => sum + table.rows.length, 0);
  const gaps = notSeen.length === 0 ? '' : ` ${count(notSeen.length, 'thing')} could not be looked at.`;
  return {
    schema: 'hotswap.report/1',
    topic: show.id,
    target: target.name,
    question,
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    durationMs: finishedAt.getTime() - startedAt.getTime(),
    outcome: 'shown',
    severity: null,
    headline: `${count(rows, 'row')}.${gaps}`,
    flow: [],
    diagnoses: [],
    ruledOut: [],
    undecided: [],
    checks: [],
    notSeen,
    nextStep: 'Nothing was judged here: type /hotswap diagnose to be told what is wrong.',
    secondReading: 'not-needed',
    tables,
    sinceHealthy: null,
    timeline: [],
    links: [],
    changes: [],
  };
}

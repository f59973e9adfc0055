import type { Logger } from '../config/logger.ts';
import type { Check, CheckResult, Collected, Evidence, JudgeContext, Missing } from './types.ts';

/**
 * Judges one check. Whatever it does, the answer is a result: a needed source that is missing makes it unknown, ok over a
 * gap becomes unknown, and a check that throws is unknown and a bug in the log.
 */
export function judge(check: Check, evidence: ReadonlyMap<string, Evidence<unknown>>, context: JudgeContext, logger: Logger): CheckResult {
  const read = check.sources.flatMap(({ id }) => evidence.get(id) ?? []);
  const missing = read.find((one): one is Missing => one.kind === 'missing');
  const gap = read.find((one): one is Collected<unknown> => one.kind === 'collected' && !one.complete)?.gap;
  const base = {
    id: check.id,
    title: check.title,
    complete: gap === undefined || gap === null,
    asked: read.map(({ asked }) => asked),
    durationMs: Math.max(0, ...read.map(({ durationMs }) => durationMs)),
  };
  const blind = (summary: string): CheckResult => ({ ...base, verdict: 'unknown', summary, facts: null });
  if (missing !== undefined) return blind(missing.message);
  try {
    const judgement = check.evaluate(evidence, context);
    if (judgement === undefined) return blind('A source that it needs was not read.');
    if (judgement.verdict === 'ok' && gap !== undefined && gap !== null)
      return { ...base, ...judgement, verdict: 'unknown', summary: `${judgement.summary} But: ${gap.message}` };
    return { ...base, ...judgement };
  } catch (error) {
    logger.error({ err: error, check: check.id }, 'a check could not judge its evidence');
    return blind('The bot could not judge what it read; its log has the details.');
  }
}

import { statements } from '../evidence/statements.ts';
import { milliseconds, percent, seconds, short } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type StatementFacts = {
  compared: boolean;
  seconds: number | null;
  connections: number | null;
  databaseMs: number | null;
  /** Seconds of database time in each second. */
  databaseLoad: number | null;
  slow: {
    query: string;
    calls: number;
    meanMs: number;
    shareOfDatabaseTime: number;
    shareOfSessions: number;
    tables: string;
    scans: string;
    planNotSeen: string | null;
    rows: number;
  }[];
  /** For each slow statement and table: the columns of an index that would serve it; empty where that is not unique. */
  uses: {
    table: string;
    bytes: number;
    columns: string;
    choices: string;
    covered: boolean;
    scanned: boolean | null;
    meanMs: number;
    query: string;
  }[];
  slowestMeanMs: number;
  warnMs: number;
  failMs: number;
  warnShare: number;
  failShare: number;
  minimumCalls: number;
};

/** A statement below this takes long in sum only because it is called often: no index or plan is at fault. */
const QUICK_MS = 5;

export const pgStatements = defineCheck({
  id: 'pg.statements',
  title: 'Slow statements',
  needs: { statements },
  judge({ statements: { data } }, { thresholds }): Judgement<StatementFacts> {
    const limits = {
      warnMs: thresholds.statementWarnMs,
      failMs: thresholds.statementFailMs,
      warnShare: thresholds.statementShareWarnRatio,
      failShare: thresholds.statementShareFailRatio,
      minimumCalls: thresholds.statementMinimumCalls,
    };
    if (data.compared === null) {
      const facts = {
        compared: false,
        seconds: null,
        connections: null,
        databaseMs: null,
        databaseLoad: null,
        slow: [],
        uses: [],
        slowestMeanMs: 0,
        ...limits,
      };
      return { verdict: 'unknown', summary: 'There is no earlier reading of the statement statistics to compare with yet.', facts };
    }
    const enough = data.slowest.filter(({ calls }) => calls >= limits.minimumCalls);
    const slow = enough.filter(
      ({ meanMs, shareOfSessions }) => meanMs > limits.warnMs || (shareOfSessions > limits.warnShare && meanMs > QUICK_MS),
    );
    const failing = slow.find(({ meanMs, shareOfDatabaseTime }) => meanMs > limits.failMs && shareOfDatabaseTime > limits.failShare);
    const facts: StatementFacts = {
      compared: true,
      seconds: data.compared.seconds,
      connections: data.compared.connections,
      databaseMs: data.compared.databaseMs,
      databaseLoad: data.compared.databaseMs / (data.compared.seconds * 1_000),
      slow: slow.map((statement) => ({
        query: short(statement.query, 300),
        calls: statement.calls,
        meanMs: statement.meanMs,
        shareOfDatabaseTime: statement.shareOfDatabaseTime,
        shareOfSessions: statement.shareOfSessions,
        tables: (statement.uses ?? []).map(({ table }) => table).join(', '),
        scans: (statement.scans ?? []).join(', '),
        planNotSeen: statement.planNotSeen,
        rows: statement.rows,
      })),
      uses: slow.flatMap((statement) =>
        (statement.uses ?? []).map(({ table, bytes, choices, columns, covered }) => ({
          table,
          bytes,
          choices: choices.join(', '),
          columns: (columns ?? []).join(', '),
          covered,
          scanned: statement.scans === null ? null : statement.scans.includes(table),
          meanMs: statement.meanMs,
          query: short(statement.query, 160),
        })),
      ),
      slowestMeanMs: enough.reduce((most, { meanMs }) => Math.max(most, meanMs), 0),
      ...limits,
    };
    const window = `in ${seconds(data.compared.seconds)}`;
    const [worst] = failing === undefined ? slow : [failing];
    if (worst === undefined)
      return {
        verdict: 'ok',
        summary: `No statement was slow ${window}: the slowest took ${milliseconds(facts.slowestMeanMs)} on average, not above ${limits.warnMs} ms.`,
        facts,
      };
    const text = `${short(worst.query, 100)} took ${milliseconds(worst.meanMs)} on average in ${worst.calls} calls ${window}, ${percent(worst.shareOfDatabaseTime)} of the database's time`;
    if (failing !== undefined)
      return { verdict: 'fail', summary: `${text}; above ${limits.failMs} ms and ${percent(limits.failShare)}.`, facts };
    const limit =
      worst.meanMs > limits.warnMs
        ? `above ${limits.warnMs} ms`
        : `${percent(worst.shareOfSessions)} of all sessions' time, above ${percent(limits.warnShare)}`;
    return { verdict: 'warn', summary: `${text}; ${limit}.`, facts };
  },
});

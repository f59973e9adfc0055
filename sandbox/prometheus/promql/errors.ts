/** A query that cannot be evaluated, whatever the data are: HTTP 400 `bad_data`. */
export class BadQuery extends Error {}

/** The text is not PromQL. */
export class ParseError extends BadQuery {
  /** `at` is an offset in the text; the message gets line and column as in Prometheus. */
  constructor(text: string, at: number, reason: string) {
    const before = text.slice(0, at).split('\n');
    super(`${before.length}:${(before.at(-1)?.length ?? 0) + 1}: parse error: ${reason}`);
  }
}

/** The query is valid, but cannot be carried out on this data: HTTP 422 `execution`. */
export class ExecutionError extends Error {}

/** The query took longer than its timeout: HTTP 503 `timeout`. */
export class QueryTimeout extends Error {
  constructor() {
    super('query timed out in expression evaluation');
  }
}

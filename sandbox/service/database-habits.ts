import type { BuildTraits } from './builds.ts';
import { WorkAbandoned } from './container-cpu.ts';
import type { ServiceDatabase } from './database.ts';

const MODULE = "SELECT id, version FROM modules WHERE name >= 'm' ORDER BY name LIMIT 1";
/** As many rows as are read at once. */
const PAGE_ROWS = 500;
const PAGE = `SELECT id, actor, action FROM audit_events
  WHERE id > $1 AND id <= $1 + ${PAGE_ROWS} AND tenant_may_see(tenant_id, id)`;
const PAGES = 60;
const SUMMARY = `SELECT a.actor, week.n, count(*) FROM generate_series(1, 52) AS week(n)
  JOIN audit_events a ON tenant_may_see(a.tenant_id + week.n, a.id) GROUP BY 1, 2`;

/** What a build does in the database at each request, beside what the request is about. */
export class DatabaseHabits {
  readonly #database: ServiceDatabase;
  readonly #build: BuildTraits;
  #forgetful = 0;
  #summaries = 0;
  #page = 0;

  constructor(database: ServiceDatabase, build: BuildTraits) {
    this.#database = database;
    this.#build = build;
  }

  /** @param signal the caller left: whatever is still to be done is not done for him */
  async run(signal: AbortSignal): Promise<void> {
    const { auditPages = 0, forgetsTransactionInShare = 0, summarisesInShare = 0 } = this.#build;
    this.#forgetful += forgetsTransactionInShare;
    this.#summaries += summarisesInShare;
    if (this.#forgetful >= 1) {
      this.#forgetful -= 1;
      await this.#database.forget(MODULE);
    }
    if (this.#summaries >= 1) {
      this.#summaries -= 1;
      await this.#database.query(SUMMARY, []);
    }
    for (let page = 0; page < auditPages; page++) {
      if (signal.aborted) throw new WorkAbandoned();
      await this.#database.query(PAGE, [(this.#page++ % PAGES) * PAGE_ROWS]);
    }
  }
}

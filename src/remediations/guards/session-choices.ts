import { z } from 'zod';
import type { Report } from '../../diagnostics/report.ts';
import type { Form, Option } from '../form.ts';

const OPTION_LABEL = 75;
const MOST_OPTIONS = 100;

const Session = z.object({
  pid: z.int().positive(),
  backendStart: z.string(),
  queryStart: z.string().nullish(),
  state: z.string().nullish(),
  role: z.string().nullish(),
  idleSeconds: z.number().nullish(),
});
const Statement = z.object({
  pid: z.int().positive(),
  backendStart: z.string(),
  queryStart: z.string(),
  state: z.string().nullish(),
  role: z.string().nullish(),
  query: z.string().nullish(),
  runningSeconds: z.number().nullish(),
  waitingSeconds: z.number().nullish(),
  inStateSeconds: z.number().nullish(),
});

/** Each session that a report saw idle in a transaction, once: `pid/start of its backend`. */
export function idleSessionsSeen(report: Report | null): readonly Option[] {
  return choicesOf(rowsOf(report, 'fix.pg.terminate_idle_tx'), Session, (row) => {
    const idle = row.state == null ? row.queryStart == null : row.state.startsWith('idle in transaction');
    if (!idle) return undefined; // where no state is said, a row that names a statement is about one that runs
    const words = [row.role, row.state, row.idleSeconds == null ? null : `${Math.round(row.idleSeconds)} s`];
    return { value: `${row.pid}/${row.backendStart}`, label: labelOf(row.pid, words) };
  });
}

/** Each statement that a report saw running, once: `pid/start of its backend/start of the statement`. */
export function statementsSeen(report: Report | null): readonly Option[] {
  return choicesOf(rowsOf(report, 'fix.pg.cancel_query'), Statement, (row) => {
    if (typeof row.state === 'string' && row.state !== 'active') return undefined;
    const ran = row.runningSeconds ?? row.waitingSeconds ?? row.inStateSeconds;
    const words = [row.role, ran == null ? null : `${Math.round(ran)} s`, row.query];
    return { value: `${row.pid}/${row.backendStart}/${row.queryStart}`, label: labelOf(row.pid, words) };
  });
}

interface Choosing {
  /** What the form is opened with; null: with none. */
  readonly own: string | null;
  readonly seen: readonly Option[];
  /** Of those that a report saw, the ones that an offer names; left out: all. */
  readonly allowed: readonly string[] | undefined;
}

/** A form for one of them. `nothing` says why it is closed where there is none. */
export function choiceForm(
  { about, nothing, name, label }: { readonly [Key in 'about' | 'nothing' | 'name' | 'label']: string },
  { own, seen, allowed }: Choosing,
): Form {
  const missing = own === null || seen.some(({ value }) => value === own) ? [] : [{ value: own, label: `pid ${own.split('/')[0]}` }];
  const options = [...missing, ...seen].slice(0, MOST_OPTIONS);
  return {
    about,
    closed: options.length === 0 ? nothing : null,
    fields: [
      {
        ...{ kind: 'choice', name, label },
        hint: 'As the diagnosis saw it; it is looked at again before anything is planned.',
        options: allowed === undefined ? options : options.filter(({ value }) => allowed.includes(value)),
        initial: own ?? options[0]?.value ?? null,
      },
    ],
  };
}

/** What the checks say of sessions, then the parameters that a remediation is offered with, which say less. */
function rowsOf(report: Report | null, remediation: string): unknown[] {
  if (report === null) return [];
  const facts = report.checks.flatMap(({ facts: all }) => Object.values(all)).filter((fact) => Array.isArray(fact));
  const offers = report.diagnoses.flatMap(({ remediations }) => remediations.filter(({ id }) => id === remediation));
  return [...facts.flat(), ...offers.map(({ params }) => params)];
}

function choicesOf<Row>(rows: readonly unknown[], schema: z.ZodType<Row>, describe: (row: Row) => Option | undefined): Option[] {
  const found = new Map<string, Option>();
  for (const raw of rows) {
    const row = schema.safeParse(raw);
    const option = row.success ? describe(row.data) : undefined;
    if (option !== undefined && !found.has(option.value)) found.set(option.value, option);
  }
  return [...found.values()];
}

function labelOf(pid: number, words: readonly (string | null | undefined)[]): string {
  return [`pid ${pid}`, ...words.filter((word) => word !== null && word !== undefined && word !== '')].join(', ').slice(0, OPTION_LABEL);
}

import type { Table } from './report.ts';
import type { Collected, Evidence, JudgeContext, Missing, Needs, Source } from './types.ts';

/** Something that `show` lists: how it stands, without a judgement. */
export interface Show {
  readonly id: string;
  readonly title: string;
  /** Words that people type for it. */
  readonly aliases: readonly string[];
  readonly sources: readonly Source<unknown>[];
  tables(evidence: ReadonlyMap<string, Evidence<unknown>>, context: JudgeContext): readonly Table[];
}

/** What could be read of each source; undefined: it is missing, which the report says by itself. */
export type SeenOf<N extends Needs> = { readonly [Key in keyof N]: N[Key] extends Source<infer Data> ? Data | undefined : never };

interface ShowDefinition<N extends Needs> {
  readonly id: string;
  readonly title: string;
  readonly aliases: readonly [string, ...string[]];
  readonly needs: N;
  /** Pure. Whole tables: what the person filters by, and bounds, are applied afterwards. */
  tables(seen: SeenOf<N>, context: JudgeContext): readonly Table[];
}

const shows = new WeakSet<object>();
export const isShow = (value: unknown): value is Show => typeof value === 'object' && value !== null && shows.has(value);

export function defineShow<const N extends Needs>(definition: ShowDefinition<N>): Show {
  const show: Show = {
    id: definition.id,
    title: definition.title,
    aliases: definition.aliases,
    sources: Object.values(definition.needs),
    tables: (evidence, context) => definition.tables(seenOf(definition.needs, evidence), context),
  };
  shows.add(show);
  return show;
}

function seenOf<N extends Needs>(needs: N, evidence: ReadonlyMap<string, Evidence<unknown>>): SeenOf<N> {
  const entries = Object.entries(needs).map(([name, source]) => {
    const found: Collected<unknown> | Missing | undefined = evidence.get(source.id);
    return [name, found?.kind === 'collected' ? found.data : undefined] as const;
  });
  return Object.fromEntries(entries) as SeenOf<N>; // a source's evidence is stored under its own id, so the type follows from it
}

/** More than this is no answer for a thread. */
const MOST_ROWS = 60;
const LONGEST_CELL = 200;

/** The rows that hold the text, no more than a thread can show, and a note of what was left out. */
export function boundTable({ title, columns, rows, note }: Table, contains: string | undefined): Table {
  const wanted = contains?.toLowerCase();
  const kept = wanted === undefined ? rows : rows.filter((row) => row.some((cell) => cell.toLowerCase().includes(wanted)));
  const notes = [
    ...(note === null ? [] : [note]),
    ...(kept.length < rows.length ? [`${rows.length - kept.length} of ${rows.length} rows do not contain "${contains ?? ''}".`] : []),
    ...(kept.length > MOST_ROWS ? [`${kept.length - MOST_ROWS} more rows are not shown: narrow it with --contains or --pod.`] : []),
  ];
  const cut = (cell: string) => (cell.length > LONGEST_CELL ? `${cell.slice(0, LONGEST_CELL - 1)}…` : cell);
  return { title, columns, rows: kept.slice(0, MOST_ROWS).map((row) => row.map(cut)), note: notes.length === 0 ? null : notes.join(' ') };
}

/** Which columns an index needs for a statement; over what the grammar found in it and what the catalogue says. */

interface Shape {
  readonly tables: readonly { readonly schema: string | null; readonly name: string; readonly alias: string | null }[];
  readonly predicates: readonly {
    readonly qualifier: string | null;
    readonly column: string;
    readonly kind: 'equality' | 'range' | 'join';
  }[];
}

interface Table {
  /** schema.table */
  readonly table: string;
  readonly bytes: number;
  readonly columns: readonly { readonly name: string }[];
  readonly indexes: readonly { readonly valid: boolean; readonly partial: boolean; readonly columns: readonly string[] }[];
}

export interface TableUse {
  readonly table: string;
  readonly bytes: number;
  /** All columns of the table, to choose from where the statement does not say. */
  readonly choices: readonly string[];
  /** Columns of an index that serves the statement, equality first; null where that is not unique. */
  readonly columns: readonly string[] | null;
  /** True where an index for them exists already. */
  readonly covered: boolean;
}

const MOST_COLUMNS = 3;
/** Where a name without schema is looked for first. */
const DEFAULT_SCHEMA = 'public';

/** The tables of a statement, and for each the columns of an index that would serve it. */
export function tableUses(shape: Shape, catalogue: readonly Table[]): TableUse[] {
  const known = shape.tables.flatMap((reference) => {
    const table = findTable(reference, catalogue);
    return table === undefined ? [] : [{ reference, table }];
  });
  const names = [...new Set(known.map(({ table }) => table))];
  return names.map((table) => {
    const references = known.filter((one) => one.table === table).map(({ reference }) => reference);
    const columns = references.length === 1 && references[0] !== undefined ? chooseColumns(references[0], table, shape, names) : null;
    return {
      table: table.table,
      bytes: table.bytes,
      choices: table.columns.map(({ name }) => name),
      columns,
      covered: columns !== null && isCovered(columns, table),
    };
  });
}

function findTable({ schema, name }: Shape['tables'][number], catalogue: readonly Table[]): Table | undefined {
  if (schema !== null) return catalogue.find(({ table }) => table === `${schema}.${name}`);
  const matches = catalogue.filter(({ table }) => table.slice(table.indexOf('.') + 1) === name);
  return matches.find(({ table }) => table.startsWith(`${DEFAULT_SCHEMA}.`)) ?? (matches.length === 1 ? matches[0] : undefined);
}

function chooseColumns(reference: Shape['tables'][number], table: Table, { predicates }: Shape, all: readonly Table[]): string[] | null {
  const has = (one: Table, column: string) => one.columns.some(({ name }) => name === column);
  const own = predicates.filter(({ qualifier, column }) => {
    if (!has(table, column)) return false;
    if (qualifier !== null) return qualifier === (reference.alias ?? reference.name);
    return all.every((other) => other === table || !has(other, column));
  });
  const of = (kind: string) => [...new Set(own.filter((predicate) => predicate.kind === kind).map(({ column }) => column))];
  const leading = of('equality').length > 0 ? of('equality') : of('join');
  const [range] = of('range').filter((column) => !leading.includes(column)); // an index serves one range, after its equalities
  const columns = (range === undefined ? leading : [...leading, range]).slice(0, MOST_COLUMNS);
  return columns.length === 0 ? null : columns;
}

function isCovered(columns: readonly string[], { indexes }: Table): boolean {
  return indexes.some(
    ({ valid, partial, columns: key }) => valid && !partial && columns.every((column) => key.slice(0, columns.length).includes(column)),
  );
}

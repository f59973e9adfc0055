import { z } from 'zod';

/** What a statement reads, and by which columns it chooses rows; from PostgreSQL's own grammar. Names are unquoted. */
export interface SqlShape {
  readonly kind: 'select' | 'insert' | 'update' | 'delete' | 'other';
  readonly tables: readonly SqlTable[];
  readonly predicates: readonly SqlPredicate[];
}

export interface SqlTable {
  readonly schema: string | null;
  readonly name: string;
  readonly alias: string | null;
}

export interface SqlPredicate {
  /** Table or alias that the column is qualified with; null where it is not. */
  readonly qualifier: string | null;
  readonly column: string;
  readonly kind: 'equality' | 'range' | 'join';
}

/** The shape of one statement; null where the text is no single statement that PostgreSQL's grammar takes (it may be cut off). */
export async function readSqlShape(sql: string): Promise<SqlShape | null> {
  const { parse } = await import('libpg-query'); // only here: its grammar takes 20 MB, and most processes never ask
  let tree: unknown;
  try {
    tree = await parse(sql);
  } catch {
    return null;
  }
  const result = z.object({ stmts: z.tuple([z.object({ stmt: z.record(z.string(), z.unknown()) })]) }).safeParse(tree);
  if (!result.success) return null;
  const { stmt } = result.data.stmts[0];
  const found: Found = { tables: [], predicates: [], virtual: new Set() };
  visit(stmt, found);
  return {
    kind: kindOf(Object.keys(stmt)[0]),
    tables: found.tables.filter(({ schema, name }) => schema !== null || !found.virtual.has(name)),
    predicates: found.predicates,
  };
}

interface Found {
  readonly tables: SqlTable[];
  readonly predicates: SqlPredicate[];
  /** Names of common table expressions. */
  readonly virtual: Set<string>;
}

type Node = Readonly<Record<string, unknown>>;
const Node = z.record(z.string(), z.unknown());

function kindOf(node: string | undefined): SqlShape['kind'] {
  const kinds = { SelectStmt: 'select', InsertStmt: 'insert', UpdateStmt: 'update', DeleteStmt: 'delete' } as const;
  return node !== undefined && node in kinds ? kinds[node as keyof typeof kinds] : 'other';
}

/** Walks the whole tree: tables wherever they stand, conditions where they are WHERE or ON. */
function visit(value: unknown, found: Found): void {
  if (Array.isArray(value)) for (const item of value) visit(item, found);
  const node = asNode(value);
  if (node === undefined) return;
  for (const [name, inner] of Object.entries(node)) {
    if (name === 'RangeVar' || name === 'relation') readTable(inner, found);
    if (name === 'CommonTableExpr') found.virtual.add(textOf(asNode(inner)?.ctename) ?? '');
    if (name === 'whereClause' || name === 'quals') readConditions(inner, found);
    visit(inner, found);
  }
}

function readTable(value: unknown, found: Found): void {
  const node = asNode(value);
  const name = textOf(node?.relname);
  if (node === undefined || name === undefined) return;
  const table = { schema: textOf(node.schemaname) ?? null, name, alias: textOf(asNode(node.alias)?.aliasname) ?? null };
  if (!found.tables.some((known) => known.schema === table.schema && known.name === name && known.alias === table.alias))
    found.tables.push(table);
}

/** Conditions that must all hold. Those inside OR and NOT serve no index on their own. */
function readConditions(value: unknown, found: Found): void {
  const node = asNode(value);
  const both = asNode(node?.BoolExpr);
  if (both?.boolop === 'AND_EXPR' && Array.isArray(both.args)) for (const part of both.args) readConditions(part, found);
  const expression = asNode(node?.A_Expr);
  if (expression !== undefined) readComparison(expression, found);
  const nullTest = asNode(node?.NullTest);
  if (nullTest?.nulltesttype === 'IS_NULL') add(columnOf(nullTest.arg), 'equality', found);
}

function readComparison(expression: Node, found: Found): void {
  const operator = operatorOf(expression.name);
  const left = columnOf(expression.lexpr);
  const right = columnOf(expression.rexpr);
  switch (expression.kind) {
    case 'AEXPR_IN':
    case 'AEXPR_OP_ANY':
      if (operator === '=') add(left, 'equality', found);
      return;
    case 'AEXPR_BETWEEN':
      add(left, 'range', found);
      return;
    case 'AEXPR_OP': {
      const kind = operator === '=' ? 'equality' : ['<', '>', '<=', '>='].includes(operator ?? '') ? 'range' : undefined;
      if (kind === undefined) return;
      const joins = left !== undefined && right !== undefined;
      add(left, joins ? 'join' : kind, found);
      add(right, joins ? 'join' : kind, found);
    }
  }
}

function add(column: Pick<SqlPredicate, 'qualifier' | 'column'> | undefined, kind: SqlPredicate['kind'], found: Found): void {
  if (column !== undefined) found.predicates.push({ ...column, kind });
}

const Names = z.array(z.object({ String: z.object({ sval: z.string() }) }));

function operatorOf(name: unknown): string | undefined {
  return Names.safeParse(name).data?.at(-1)?.String.sval;
}

function columnOf(value: unknown): Pick<SqlPredicate, 'qualifier' | 'column'> | undefined {
  const names = Names.safeParse(asNode(asNode(value)?.ColumnRef)?.fields).data?.map(({ String: text }) => text.sval);
  const column = names?.at(-1);
  return column === undefined ? undefined : { qualifier: names?.at(-2) ?? null, column };
}

function asNode(value: unknown): Node | undefined {
  return value === null || typeof value !== 'object' || Array.isArray(value) ? undefined : Node.safeParse(value).data;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

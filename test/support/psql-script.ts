import { Client, escapeLiteral } from 'pg';

/**
 * Runs a script of psql as psql would, as far as ours go: `:name` and `:'name'`, `\gexec` (each value of the answer is a
 * statement), and `\set name value`, which ours write only as the default of a variable that was not given.
 */
export async function runPsqlScript(url: string, script: string, variables: Readonly<Record<string, string>>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const { sql, isGenerator } of statementsOf(script, { ...defaultsOf(script), ...variables })) {
      const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
      if (isGenerator) for (const statement of rows.flat()) await client.query(String(statement));
    }
  } finally {
    await client.end();
  }
}

function defaultsOf(script: string): Record<string, string> {
  return Object.fromEntries([...script.matchAll(/^\\set (\w+) (\w+)$/gm)].map(([, name = '', value = '']) => [name, value]));
}

function statementsOf(script: string, variables: Readonly<Record<string, string>>): { sql: string; isGenerator: boolean }[] {
  const lines = script.split('\n').filter((line) => !/^(?:--|\\set|\\if|\\else|\\endif)/.test(line));
  const text = lines
    .join('\n')
    .replace(/(?<!:):'(\w+)'/g, (_, name: string) => escapeLiteral(variables[name] ?? ''))
    .replace(/(?<!:):([a-z]\w*)/g, (_, name: string) => variables[name] ?? '');
  return [...text.matchAll(/([\s\S]*?)(;|\\gexec)\s*(?=\n|$)/g)].map(([, sql = '', end]) => ({ sql, isGenerator: end === '\\gexec' }));
}

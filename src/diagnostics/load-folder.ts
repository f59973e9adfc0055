import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * A folder as a registry: each file exports one definition, whose id is the file's name. In the order of the names.
 * @throws Error where a file breaks that
 */
export async function loadFolder<Definition extends { readonly id: string }>(
  folder: URL,
  is: (value: unknown) => value is Definition,
  define: string,
): Promise<ReadonlyMap<string, Definition>> {
  const path = fileURLToPath(folder);
  const files = readdirSync(path).filter((name) => name.endsWith('.ts'));
  const definitions = await Promise.all(
    files.sort().map(async (file) => {
      const exported: unknown[] = Object.values(await import(new URL(file, folder).href));
      const [definition, ...others] = exported.filter(is);
      if (definition === undefined || others.length > 0) throw new Error(`${path}${file} must export one definition made by ${define}`);
      if (`${definition.id}.ts` !== file)
        throw new Error(`${path}${file} defines "${definition.id}": a definition's id is its file's name`);
      return [definition.id, definition] as const;
    }),
  );
  return new Map(definitions);
}

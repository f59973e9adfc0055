import type { ReadClients } from '../../src/clients/read-clients.ts';

/** Readers that count what is asked of the systems. */
export interface CountedClients {
  readonly clients: ReadClients;
  reads(): number;
}

const IS_NO_READ = new Set(['close', 'open']);

/** Counts each question that goes to a system: a call of a reader's method. */
export function countReads(clients: ReadClients): CountedClients {
  let count = 0;
  const counting = (reader: object): object =>
    new Proxy(reader, {
      get(target, name, receiver) {
        const value: unknown = Reflect.get(target, name, receiver);
        if (typeof value !== 'function' || typeof name !== 'string' || IS_NO_READ.has(name)) return value;
        return (...words: unknown[]): unknown => {
          count++;
          return Reflect.apply(value, target, words);
        };
      },
    });
  const readers = Object.entries(clients).map(([name, reader]: [string, unknown]) => [
    name,
    typeof reader === 'object' && reader !== null ? counting(reader) : reader,
  ]);
  return { clients: Object.fromEntries(readers) as ReadClients, reads: () => count }; // the same readers under the same names
}

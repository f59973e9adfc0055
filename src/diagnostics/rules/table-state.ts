/** A table of the application that could not be read, because it is not there or because it is locked: that is evidence itself. */
export function unreadTable({ state, table }: { readonly state: 'absent' | 'locked'; readonly table: string }): {
  readonly verdict: 'warn' | 'fail';
  readonly summary: string;
} {
  return state === 'absent'
    ? { verdict: 'warn', summary: `The database has no table like ${table}.` }
    : { verdict: 'fail', summary: `Table ${table} is locked: it could not be read for a second.` };
}

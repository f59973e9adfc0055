import type { Queryable } from './pool.ts';

/** Keeps that Slack said of somebody that they are a full member of the workspace, and forgets whom it said that of before `since`. */
export async function saveFullMember(
  db: Queryable,
  user: string,
  { at, since }: { readonly at: Date; readonly since: Date },
): Promise<void> {
  await db.query(
    `INSERT INTO full_members AS known (user_id, seen_at) VALUES ($1, $2)
     ON CONFLICT (user_id) DO UPDATE SET seen_at = greatest(known.seen_at, excluded.seen_at)`,
    [user, at],
  );
  await db.query('DELETE FROM full_members WHERE seen_at < $1', [since]);
}

/** When Slack last said so, unless that was before `since`; undefined: nobody has asked lately. */
export async function fullMemberSeenAt(db: Queryable, user: string, since: Date): Promise<Date | undefined> {
  const { rows } = await db.query<{ seen_at: Date }>('SELECT seen_at FROM full_members WHERE user_id = $1 AND seen_at >= $2', [
    user,
    since,
  ]);
  return rows[0]?.seen_at;
}

/** Slack says something else of them now. */
export async function forgetFullMember(db: Queryable, user: string): Promise<void> {
  await db.query('DELETE FROM full_members WHERE user_id = $1', [user]);
}

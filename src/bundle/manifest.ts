import { z } from 'zod';

/** manifest.json of a bundle: what is in it, what is not, and what was taken out. */
export const Manifest = z.strictObject({
  schema: z.literal(1),
  bundle: z.uuid(),
  target: z.string(),
  createdAt: z.iso.datetime(),
  botVersion: z.string(),
  sinceSeconds: z.int(),
  /** What a person added. */
  told: z.strictObject({ symptom: z.string(), since: z.string(), changes: z.string() }),
  /** What the diagnosis comes to, in one line. */
  headline: z.string().nullable().default(null),
  files: z.array(
    z.strictObject({
      path: z.string(),
      bytes: z.int(),
      sha256: z.string(),
      /** Whether its end lacks. */
      cut: z.boolean(),
      /** Why its beginning lacks; null where it does not. */
      cutBefore: z.string().nullable().default(null),
    }),
  ),
  collectors: z.array(z.strictObject({ id: z.string(), title: z.string(), files: z.int(), durationMs: z.int() })),
  missing: z.array(z.strictObject({ what: z.string(), reason: z.string(), mend: z.string() })),
  redacted: z.array(z.strictObject({ kind: z.string(), times: z.int(), different: z.int() })),
});

export type Manifest = z.infer<typeof Manifest>;

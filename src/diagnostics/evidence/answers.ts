import type { z } from 'zod';
import { ReadError } from '../../clients/read-errors.ts';

/** The answer of a far side as the schema says, or an error that becomes missing evidence. */
export function parseAnswer<Schema extends z.ZodType>(schema: Schema, answer: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ReadError(
    'invalid-response',
    `${what} has an unexpected shape: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim(),
    {
      cause: result.error,
    },
  );
}

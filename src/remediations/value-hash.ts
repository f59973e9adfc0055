import { createHash } from 'node:crypto';

/** Stands for a value that is secret: tells whether it is still the same, and nothing of what it is. */
export const valueHash = (value: string): string => createHash('sha256').update(value).digest('hex');

import type { z } from 'zod';

/** What a remediation says of itself in docs/remediations.md. Its verbs and sources add what they call and may do. */
export interface Manual {
  /** What it does and when it helps, in a few sentences. */
  readonly about: string;
  /** Parameters as they may be asked for: they are parsed by the remediation's own schema in a test. */
  readonly example: Readonly<Record<string, z.core.util.JSONType>>;
  /** Each parameter with its bounds, and the settings that hold them. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Each code with which a plan is refused, and when. */
  readonly refusals: Readonly<Record<string, string>>;
  /** What tells that it helped, beside the checks that concluded the cause. */
  readonly verification: string;
  readonly undo: string;
  /** What Stop does while it runs. */
  readonly stop: string;
}

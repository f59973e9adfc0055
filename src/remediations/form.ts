/**
 * A form for the parameters of a remediation, as data: what a modal shows. What can be listed is chosen; what cannot (a quantity, an
 * address, a path) is typed, and the remediation's own schema says what is wrong with it.
 */
export type Field =
  | {
      readonly kind: 'integer';
      readonly name: string;
      readonly label: string;
      readonly hint: string;
      readonly minimum: number;
      readonly maximum: number;
      readonly initial: number | null;
    }
  | {
      readonly kind: 'choice';
      readonly name: string;
      readonly label: string;
      readonly hint: string;
      readonly options: readonly Option[];
      readonly initial: string | null;
    }
  | {
      readonly kind: 'choices';
      readonly name: string;
      readonly label: string;
      readonly hint: string;
      readonly options: readonly Option[];
      readonly maximum: number;
      readonly initial: readonly string[];
    }
  | {
      readonly kind: 'text';
      readonly name: string;
      readonly label: string;
      readonly hint: string;
      /** Most characters that it takes, at most 3,000 (Slack). */
      readonly maximum: number;
      readonly initial: string | null;
      /** Left empty it is no parameter at all. */
      readonly optional: boolean;
    };

export interface Option {
  readonly value: string;
  readonly label: string;
}

export interface Form {
  /** What the remediation does, in a sentence or two. */
  readonly about: string;
  readonly fields: readonly Field[];
  /** Why it cannot be asked for here, such as nothing to choose from; null where it can. */
  readonly closed: string | null;
}

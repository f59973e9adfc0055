/** A form for the parameters of a remediation, as data: what a modal shows. Identifiers are chosen, never typed. */
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

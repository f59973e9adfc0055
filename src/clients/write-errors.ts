/**
 * A write that the far side answered with no: nothing was changed. `code`: precondition (what it was planned for has
 * changed), forbidden, gone, refused (any other definite no) or unreachable (it never arrived).
 */
export class WriteRefusedError extends Error {
  readonly code: 'precondition' | 'forbidden' | 'gone' | 'refused' | 'unreachable';

  constructor(code: WriteRefusedError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'WriteRefusedError';
    this.code = code;
  }
}

/** A write without an answer: it may have happened. Only reading back can tell. */
export class WriteUncertainError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'WriteUncertainError';
  }
}

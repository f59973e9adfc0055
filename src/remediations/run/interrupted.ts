/** The process must end: what is under way stays as the journal has it, for another executor to settle. */
export class InterruptedError extends Error {
  constructor() {
    super('the executor is stopping');
    this.name = 'InterruptedError';
  }
}

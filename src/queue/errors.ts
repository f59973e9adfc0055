/** The job can never succeed: it is not tried again. */
export class PermanentJobError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PermanentJobError';
  }
}

/** The queue did not take a job in time: Redis or PostgreSQL behind it is down or overloaded. */
export class QueueUnavailableError extends Error {
  constructor(queue: string, options?: ErrorOptions) {
    super(
      `The job queue "${queue}" did not answer in time. See that its Redis or PostgreSQL is up (REDIS_URL, STORE_DATABASE_URL).`,
      options,
    );
    this.name = 'QueueUnavailableError';
  }
}

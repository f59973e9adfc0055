import { WebAPIRequestError } from '@slack/web-api';
import { ConfigurationError } from '../config/errors.ts';
import { QueueUnavailableError } from '../queue/errors.ts';
import { isSchemaMissing } from '../store/errors.ts';
import { storeTrouble } from '../store/trouble.ts';

/** What keeps a process from starting and is the operator's to mend: the thing, the reason and the mend. Undefined for a bug of ours. */
export function startTrouble(error: unknown): string | undefined {
  if (error instanceof ConfigurationError) return error.message;
  if (error instanceof QueueUnavailableError)
    return error.cause instanceof Error ? `${error.message} It said: ${error.cause.message}.` : error.message;
  if (isSchemaMissing(error))
    return 'The database of the bot (STORE_DATABASE_URL) has no tables yet, or old ones. Run `npm run release`, then start again.';
  if (error instanceof WebAPIRequestError)
    return `Slack does not answer: ${error.message}. See that this machine reaches slack.com, or what SLACK_API_URL names.`;
  const store = storeTrouble(error);
  if (store !== undefined) return `${store.charAt(0).toUpperCase()}${store.slice(1)}. See that it is up, and that the variable names it.`;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
    return `Another process listens where this one should: ${error.message}. End it, or set PORT to another one.`;
  return undefined;
}

import { ApiException, type Configuration, createConfiguration, ServerConfiguration } from '@kubernetes/client-node';
import { z } from 'zod';
import { KubeconfigError, type KubeconfigOptions, openKubeconfig } from './kubeconfig.ts';
import { readKubernetesStatus } from './kubernetes-status.ts';
import { WriteRefusedError, WriteUncertainError } from './write-errors.ts';

/** Under this name the API server keeps which fields the bot wrote. */
export const FIELD_MANAGER = 'hotswap-bot';

export interface WriterOptions extends KubeconfigOptions {
  readonly timeoutMs: number;
}

/** @throws WriteRefusedError where the kubeconfig cannot be used. */
export function configureWriter(options: WriterOptions): Configuration {
  const { config, server } = loadKubeconfig(options);
  return createConfiguration({
    baseServer: new ServerConfiguration(server, {}),
    authMethods: { default: config },
    promiseMiddleware: [
      {
        pre: async (context) => {
          context.setSignal(AbortSignal.timeout(options.timeoutMs));
          return context;
        },
        post: async (context) => context,
      },
    ],
  });
}

function loadKubeconfig(options: KubeconfigOptions): ReturnType<typeof openKubeconfig> {
  try {
    return openKubeconfig(options);
  } catch (error) {
    if (!(error instanceof KubeconfigError)) throw error;
    throw new WriteRefusedError('unreachable', `${error.message} ${error.mend}`, { cause: error });
  }
}

const NEVER_ARRIVED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** Asks once. @throws WriteRefusedError for a definite no, WriteUncertainError where it may have happened. */
export async function call<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    throw classify(error);
  }
}

function classify(error: unknown): Error {
  if (error instanceof WriteRefusedError) return error;
  if (error instanceof ApiException)
    return classifyAnswer(error.code, readKubernetesStatus(error.body).message || String(error.body).slice(0, 300), error);
  if (error instanceof z.ZodError) return new WriteUncertainError('The Kubernetes API answered something unexpected.', { cause: error });
  const code = networkCode(error);
  if (code !== undefined && NEVER_ARRIVED.has(code))
    return new WriteRefusedError('unreachable', `The Kubernetes API could not be reached (${code}).`, { cause: error });
  const timedOut = error instanceof Error && error.name === 'TimeoutError';
  return new WriteUncertainError(timedOut ? 'The Kubernetes API did not answer in time.' : 'The connection to the Kubernetes API broke.', {
    cause: error,
  });
}

function classifyAnswer(status: number, message: string, cause: Error): Error {
  if (status === 422 || status === 409) return new WriteRefusedError('precondition', message, { cause });
  if (status === 401 || status === 403) return new WriteRefusedError('forbidden', message, { cause });
  if (status === 404) return new WriteRefusedError('gone', message, { cause });
  if (status < 500) return new WriteRefusedError('refused', message, { cause });
  return new WriteUncertainError(`The Kubernetes API answered ${status}: ${message}`, { cause });
}

function networkCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const cause = error.cause;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}

import { ApiException, type Configuration, createConfiguration, KubeConfig, ServerConfiguration } from '@kubernetes/client-node';
import { z } from 'zod';
import { readKubernetesStatus } from './kubernetes-status.ts';
import { WriteRefusedError, WriteUncertainError } from './write-errors.ts';

/** Under this name the API server keeps which fields the bot wrote. */
export const FIELD_MANAGER = 'hotswap-bot';

export interface WriterOptions {
  /** Path; left out: the pod's service account or ~/.kube/config. */
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly timeoutMs: number;
}

/** @throws WriteRefusedError where the kubeconfig cannot be used. */
export function configureWriter(options: WriterOptions): Configuration {
  const config = new KubeConfig();
  try {
    if (options.kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(options.kubeconfig);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    throw new WriteRefusedError('unreachable', `The kubeconfig cannot be read: ${reason}.`, { cause: error });
  }
  if (options.context !== undefined) config.setCurrentContext(options.context);
  const cluster = config.getCurrentCluster();
  if (cluster === null)
    throw new WriteRefusedError('unreachable', `The kubeconfig has no context "${config.getCurrentContext()}" with a cluster.`);
  return createConfiguration({
    baseServer: new ServerConfiguration(cluster.server, {}),
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

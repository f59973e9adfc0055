import { ApiException } from '@kubernetes/client-node';
import { type KubernetesStatus, readKubernetesStatus } from './kubernetes-status.ts';
import { networkCode, ReadError } from './read-errors.ts';

/** HTTP errors are ApiException with the Status as text; network errors are TypeError with the errno in their cause. */
export function classifyKubernetesError(error: unknown): Error {
  if (error instanceof ReadError) return error;
  if (error instanceof ApiException) return classifyStatus(error.code, readKubernetesStatus(error.body), error);
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError'))
    return new ReadError('timeout', 'The Kubernetes API did not answer in time.', { cause: error });
  if (error instanceof Error && error.message.includes('skipTLSVerify'))
    return new ReadError('not-configured', 'The kubeconfig names a plain http:// server without insecure-skip-tls-verify.', {
      cause: error,
      mend: 'Use https://, or set insecure-skip-tls-verify: true for that cluster.',
    });
  const code = networkCode(error);
  if (code !== undefined || (error instanceof TypeError && error.message === 'fetch failed'))
    return new ReadError('unreachable', `The Kubernetes API could not be reached${code === undefined ? '' : ` (${code})`}.`, {
      code,
      cause: error,
      mend: 'Check the server of the kubeconfig context, and the network between the bot and the cluster.',
    });
  return error instanceof Error ? error : new Error('the Kubernetes client failed with something that is no error', { cause: error });
}

function classifyStatus(code: number, status: KubernetesStatus, cause: Error): ReadError {
  const options = { code: String(code), cause };
  if (code === 401)
    return new ReadError('forbidden', 'The Kubernetes API does not know the identity (401).', {
      ...options,
      mend: "Renew the credentials of the bot's kubeconfig context.",
    });
  if (code === 403) return new ReadError('forbidden', status.message || 'The Kubernetes API refused (403).', options);
  if (code === 404 && !status.namesObject) return new ReadError('not-served', 'The cluster does not serve this API (404).', options);
  if (code === 404) return new ReadError('not-found', status.message || 'Not found (404).', options);
  if (code === 503) return new ReadError('unreachable', status.message || 'The API is registered, but its service is down (503).', options);
  if (code === 429 || code >= 500)
    return new ReadError('unreachable', `The Kubernetes API answered ${code}: ${status.message || 'no message'}`, options);
  return new ReadError('invalid-response', `The Kubernetes API answered ${code}: ${status.message}`, options);
}

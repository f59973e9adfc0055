import { KubeConfig } from '@kubernetes/client-node';
import { ReadError } from './read-errors.ts';

export interface KubeconfigOptions {
  /** Path; left out: the pod's service account or ~/.kube/config. */
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
}

/** What the client library makes up where there is neither a kubeconfig nor a service account. */
const NOWHERE = 'http://localhost:8080';

function noKubeconfig(): ReadError {
  return new ReadError('not-configured', 'There is neither a kubeconfig nor a service account.', {
    mend: 'Set KUBECONFIG to a kubeconfig file, or run the bot in the cluster.',
  });
}

/** @throws ReadError where none can be used */
export function loadKubeconfig(options: KubeconfigOptions): KubeConfig {
  const config = new KubeConfig();
  try {
    if (options.kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(options.kubeconfig);
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'unknown reason';
    throw new ReadError('not-configured', `The kubeconfig cannot be read: ${detail}.`, {
      mend: 'Set KUBECONFIG to a readable kubeconfig file.',
    });
  }
  if (options.context !== undefined) config.setCurrentContext(options.context);
  else if (config.getCurrentCluster()?.server === NOWHERE) throw noKubeconfig();
  if (config.getCurrentCluster() === null)
    throw new ReadError('not-configured', `The kubeconfig has no cluster for the context "${config.getCurrentContext()}".`, {
      mend: 'Set kubernetes.context of the target to a context of the kubeconfig.',
    });
  return config;
}

import { KubeConfig } from '@kubernetes/client-node';

export interface KubeconfigOptions {
  /** Path; left out: the pod's service account or ~/.kube/config. */
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
}

/** No cluster can be reached with what is configured; `mend` says what to do. */
export class KubeconfigError extends Error {
  readonly mend: string;

  constructor(message: string, mend: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KubeconfigError';
    this.mend = mend;
  }
}

/** What the client library makes up where there is neither a kubeconfig nor a service account. */
const NOWHERE = 'http://localhost:8080';

/** The configuration, and the address of its API server. @throws KubeconfigError where none can be used */
export function openKubeconfig({ kubeconfig, context }: KubeconfigOptions): { readonly config: KubeConfig; readonly server: string } {
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'unknown reason';
    throw new KubeconfigError(`The kubeconfig cannot be read: ${detail}.`, 'Set KUBECONFIG to a readable kubeconfig file.', {
      cause: error,
    });
  }
  if (context !== undefined) config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (context === undefined && cluster?.server === NOWHERE)
    throw new KubeconfigError(
      'There is neither a kubeconfig nor a service account.',
      'Set KUBECONFIG to a kubeconfig file, or run the bot in the cluster.',
    );
  if (cluster === null)
    throw new KubeconfigError(
      `The kubeconfig has no cluster for the context "${config.getCurrentContext()}".`,
      'Set kubernetes.context and kubernetes.fixContext of the target to contexts of the kubeconfig.',
    );
  return { config, server: cluster.server };
}

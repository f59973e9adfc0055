import type { KubeConfig } from '@kubernetes/client-node';
import { KubeconfigError, type KubeconfigOptions, openKubeconfig } from './kubeconfig.ts';
import { ReadError } from './read-errors.ts';

/** The kubeconfig of the reading identity. @throws ReadError where none can be used */
export function loadKubeconfig(options: KubeconfigOptions): KubeConfig {
  try {
    return openKubeconfig(options).config;
  } catch (error) {
    if (!(error instanceof KubeconfigError)) throw error;
    throw new ReadError('not-configured', error.message, { mend: error.mend });
  }
}

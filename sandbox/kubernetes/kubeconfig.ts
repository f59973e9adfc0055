import { writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import type { Account } from './api/identities.ts';

/** Writes a kubeconfig with a context for each account, and the certificate (PEM) that the API server shows. */
export async function writeKubeconfig(path: string, url: string, certificate: string, accounts: readonly Account[]): Promise<void> {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'sandbox', cluster: { server: url, 'certificate-authority-data': Buffer.from(certificate).toString('base64') } }],
    users: accounts.map(({ context, token }) => ({ name: context, user: { token } })),
    contexts: accounts.map(({ context }) => ({ name: context, context: { cluster: 'sandbox', user: context, namespace: 'default' } })),
    'current-context': 'admin',
  };
  await writeFile(path, stringify(config), { mode: 0o600 });
}

import { z } from 'zod';
import { vaultApi } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';

const Answer = z.object({ data: z.record(z.string(), z.array(z.string())) });

/** What the bot's own token may do, by path. Null: the target has no Vault. */
export type VaultCapabilities = readonly { readonly path: string; readonly capabilities: readonly string[] }[] | null;

export const vaultCapabilities = defineSource<VaultCapabilities>({
  id: 'vault.caps',
  title: "What the bot's token may do",
  permission: 'Vault policy "default" (sys/capabilities-self)',
  asked: (target) => {
    const body = JSON.stringify({ paths: pathsOf(target.vault) });
    const { tool, command } = vaultApi(target, 'sys/capabilities-self');
    return { tool, command: `${command} -d '${body}'` };
  },
  async collect({ target, clients, signal }) {
    if (target.vault === undefined) return { data: null, complete: true };
    const paths = pathsOf(target.vault);
    const { data } = parseAnswer(Answer, await clients.vault.capabilitiesSelf(paths, signal), 'The capabilities');
    return { data: paths.map((path) => ({ path, capabilities: data[path] ?? [] })), complete: true };
  },
});

/** The metadata of the key, its value in either version of the engine, and what brings a deleted version back. */
function pathsOf(vault: { readonly mount: string; readonly path: string } | undefined): string[] {
  const { mount, path } = vault ?? { mount: 'secret', path: '' };
  return [`${mount}/metadata/${path}`, `${mount}/data/${path}`, `${mount}/${path}`, `${mount}/undelete/${path}`];
}

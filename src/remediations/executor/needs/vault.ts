import type { Permission, VerbNeeds } from './types.ts';

const FOLDER = 'hotswap/*';
const may = (operation: string, ...capabilities: string[]): Permission => ({
  kind: 'vault',
  path: `secret/${operation}/${FOLDER}`,
  capabilities,
});
const READ_BACK = 'GET /v1/<mount>/metadata/<path>';
const capabilitiesOf = (operation: string) =>
  `POST /v1/sys/capabilities-self {"paths": ["<mount>/${operation}/<path>"]} (policy "default")`;

export const VAULT_NEEDS = {
  'vault.undelete': {
    calls: ['POST /v1/<mount>/undelete/<path> {"versions": [n]}', READ_BACK, capabilitiesOf('undelete')],
    permissions: [may('undelete', 'update'), may('metadata', 'read')],
  },
  'vault.delete_version': {
    calls: ['POST /v1/<mount>/delete/<path> {"versions": [n]}', READ_BACK, capabilitiesOf('delete')],
    permissions: [may('delete', 'update'), may('metadata', 'read')],
  },
  'vault.create_secret': {
    calls: [
      'POST /v1/<mount>/data/<path> {"options": {"cas": 0}, "data": {"<field>": "<random, shown to nobody>"}}',
      READ_BACK,
      capabilitiesOf('data'),
    ],
    permissions: [may('data', 'create'), may('metadata', 'read')],
  },
} satisfies Readonly<Record<string, VerbNeeds>>;

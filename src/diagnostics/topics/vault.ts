import { defineTopic } from '../types.ts';

export const vault = defineTopic({
  id: 'vault',
  title: 'Vault',
  aliases: ['secrets'],
  guideSection: 'Vault Integration Issues',
  runbooks: [{ title: 'Vault is sealed', path: 'INCIDENT_RESPONSE_RUNBOOK.md#vault-sealed-runbook' }],
  question: 'Is Vault well?',
  causes: [
    'vault.app_permission_denied',
    'vault.app_token_invalid',
    'vault.autounseal_broken',
    'vault.key_too_short',
    'vault.kv_version_mismatch',
    'vault.no_active',
    'vault.rotation_failing',
    'vault.sealed',
    'vault.secret_deleted',
    'vault.secret_destroyed',
    'vault.secret_missing',
    'vault.uninitialized',
    'vault.unreachable',
  ],
  symptoms: ['vault.seal', 'vault.health', 'vault.secret', 'app.vault_log'],
  context: ['app.vault_config', 'k8s.deployment', 'k8s.pods', 'vault.caps', 'vault.mount', 'vault.token'],
});

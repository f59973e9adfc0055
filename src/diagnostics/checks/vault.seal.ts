import { type SealOfServer, type SilentServer, vaultSeal } from '../evidence/vault-seal.ts';
import { count, some } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type SealFacts = {
  configured: boolean;
  servers: {
    address: string;
    answered: boolean;
    initialized: boolean | null;
    sealed: boolean | null;
    type: string;
    threshold: number;
    shares: number;
    progress: number;
    message: string;
  }[];
};

export const vaultSealCheck = defineCheck({
  id: 'vault.seal',
  title: 'Vault is unsealed',
  needs: { vaultSeal },
  judge({ vaultSeal: { data } }): Judgement<SealFacts> {
    if (data === null) return { verdict: 'not-applicable', summary: 'The target has no Vault.', facts: { configured: false, servers: [] } };
    const answered = data.filter((server) => server.answered);
    const silent = data.filter((server) => !server.answered);
    const facts = { configured: true, servers: data.map(factsOf) };
    const empty = answered.filter(({ initialized }) => !initialized);
    const sealed = answered.filter((server) => server.initialized && server.sealed);
    const of = `of ${count(data.length, 'server')} of Vault`;
    if (empty.length > 0)
      return { verdict: 'fail', summary: `${empty.length} ${of} ${are(empty)} not initialised: ${names(empty)}.`, facts };
    if (sealed.length > 0)
      return { verdict: 'fail', summary: `${sealed.length} ${of} ${are(sealed)} sealed: ${some(sealed.map(described))}.`, facts };
    if (answered.length === 0) return { verdict: 'fail', summary: `None ${of} answers: ${some(silent.map(complaint))}.`, facts };
    if (silent.length > 0)
      return {
        verdict: 'warn',
        summary: `${silent.length} ${of} ${silent.length === 1 ? 'does' : 'do'} not answer: ${some(silent.map(complaint))}.`,
        facts,
      };
    return {
      verdict: 'ok',
      summary: `${data.length} ${of} are unsealed (${[...new Set(answered.map(({ type }) => type))].join(', ')}).`,
      facts,
    };
  },
});

const are = (servers: readonly unknown[]) => (servers.length === 1 ? 'is' : 'are');
const names = (servers: readonly { readonly address: string }[]) => some(servers.map(({ address }) => address));
const complaint = ({ address, message }: SilentServer) => `${address} (${message.replace(/\.$/, '')})`;

function described({ address, type, progress, threshold }: SealOfServer): string {
  return type === 'shamir' ? `${address} (${progress} of ${threshold} key shares given)` : `${address} (unseals by itself through ${type})`;
}

function factsOf(server: SealOfServer | SilentServer): SealFacts['servers'][number] {
  const { address } = server;
  if (!server.answered)
    return {
      address,
      answered: false,
      initialized: null,
      sealed: null,
      type: '',
      threshold: 0,
      shares: 0,
      progress: 0,
      message: server.message,
    };
  const { initialized, sealed, type, threshold, shares, progress } = server;
  return { address, answered: true, initialized, sealed, type, threshold, shares, progress, message: '' };
}

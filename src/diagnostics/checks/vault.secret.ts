import { vaultSecret } from '../evidence/vault-secret.ts';
import { seconds } from '../rules/phrases.ts';
import { defineCheck, type JudgeContext, type Judgement } from '../types.ts';

type SecretFacts = {
  configured: boolean;
  /** Mount and path, as people type them. */
  secret: string;
  state: string;
  version: number | null;
  updatedAt: string | null;
  ageDays: number | null;
  /** How often it should be rotated; null: nobody says. */
  rotationDays: number | null;
  deletedAt: string | null;
  lastGoodVersion: number | null;
};

const DAY_SECONDS = 86_400;

export const vaultSecretCheck = defineCheck({
  id: 'vault.secret',
  title: 'Signing key in Vault',
  needs: { vaultSecret },
  judge({ vaultSecret: { data } }, { target, now }): Judgement<SecretFacts> {
    const secret = `${target.vault?.mount ?? ''}/${target.vault?.path ?? ''}`;
    if (data === null) return { verdict: 'not-applicable', summary: 'The target has no Vault.', facts: { ...NOTHING, secret } };
    const { state, version, updatedAt, deletedAt, lastGoodVersion } = data;
    const ageSeconds = updatedAt === null ? null : (now.getTime() - updatedAt.getTime()) / 1_000;
    const facts = {
      configured: true,
      secret,
      state,
      version,
      updatedAt: updatedAt?.toISOString() ?? null,
      ageDays: ageSeconds === null ? null : Math.round((ageSeconds / DAY_SECONDS) * 10) / 10,
      rotationDays: rotationDaysOf(target, data.rotationDays),
      deletedAt: deletedAt?.toISOString() ?? null,
      lastGoodVersion,
    };
    switch (state) {
      case 'missing':
        return { verdict: 'fail', summary: `There is no secret at ${secret}.`, facts };
      case 'deleted':
        return {
          verdict: 'fail',
          summary: `Version ${version} of ${secret}, the newest one, was deleted ${ago(deletedAt, now)}; it can be brought back.`,
          facts,
        };
      case 'destroyed':
        return {
          verdict: 'fail',
          summary: `Version ${version} of ${secret}, the newest one, was destroyed: it cannot be brought back.`,
          facts,
        };
      case 'present':
        return present(facts, ageSeconds);
    }
  },
});

const NOTHING: SecretFacts = {
  configured: false,
  secret: '',
  state: 'none',
  version: null,
  updatedAt: null,
  ageDays: null,
  rotationDays: null,
  deletedAt: null,
  lastGoodVersion: null,
};

function present(facts: SecretFacts, ageSeconds: number | null): Judgement<SecretFacts> {
  const { secret, version, rotationDays } = facts;
  if (version === null || ageSeconds === null) return { verdict: 'ok', summary: `${secret} is there, without versions.`, facts };
  const age = `Version ${version} of ${secret} was written ${days(ageSeconds)} ago`;
  if (rotationDays !== null && ageSeconds > rotationDays * DAY_SECONDS)
    return { verdict: 'warn', summary: `${age}, and should be rotated every ${rotationDays} days.`, facts };
  return { verdict: 'ok', summary: `${age}.`, facts };
}

const rotationDaysOf = (target: JudgeContext['target'], stated: number | null) => target.vault?.rotationDays ?? stated;
const days = (ageSeconds: number) => (ageSeconds < 2 * DAY_SECONDS ? seconds(ageSeconds) : `${Math.round(ageSeconds / DAY_SECONDS)} days`);
const ago = (time: Date | null, now: Date) =>
  time === null ? 'at a time unknown' : `${days((now.getTime() - time.getTime()) / 1_000)} ago`;

import { k8sCrashes } from '../checks/k8s.crashes.ts';
import { exitMeaning } from '../rules/exit-code.ts';
import { count, short } from '../rules/phrases.ts';
import { decide, rule } from '../rules/rule.ts';
import type { ConclusionContext, FactsOf, Rule } from '../types.ts';
import { podNames } from './pods.ts';

/** Rules and words that several causes share: what ended containers said last. */

export type ContainerEnd = FactsOf<typeof k8sCrashes>['ends'][number];

/** Known messages that mean that a setting, or a file that one names, is wrong. */
export const CONFIGURATION_SIGNATURES = ['log.config.missing', 'log.jwt.key_too_short', 'log.bind.failed'] as const;

/** Known messages that mean that something which the process cannot start without does not answer, by what it is. */
export const DEPENDENCY_SIGNATURES = {
  PostgreSQL: [
    'log.npgsql.connect_failed',
    'log.npgsql.refused',
    'log.npgsql.connect_timeout',
    'log.npgsql.dns',
    'log.npgsql.tls',
    'log.npgsql.cmd_timeout',
    'log.npgsql.pool_exhausted',
    'log.pg.slots',
    'log.pg.role_limit',
    'log.pg.database_limit',
    'log.pg.auth',
    'log.pg.hba',
    'log.pg.not_accepting',
    'log.pg.no_database',
    'log.pg.read_only',
    'log.pg.disk_full',
    'log.pg.schema',
    'log.pg.other',
  ],
  Vault: [
    'log.vault.sealed',
    'log.vault.invalid_token',
    'log.vault.denied',
    'log.vault.missing',
    'log.vault.kv_version',
    'log.vault.unreachable',
  ],
  'a service that it calls': ['log.downstream_timeout'],
} as const;

export type Dependency = keyof typeof DEPENDENCY_SIGNATURES;
const DEPENDENCIES: readonly Dependency[] = ['PostgreSQL', 'Vault', 'a service that it calls'];

export const hasSignature = ({ signatures }: Pick<ContainerEnd, 'signatures'>, wanted: readonly string[]): boolean =>
  signatures.split(' ').some((id) => wanted.includes(id));

/** What the last words of an end blame; undefined: nothing of the kind. */
export const blames = (end: Pick<ContainerEnd, 'signatures'>): Dependency | undefined =>
  DEPENDENCIES.find((name) => hasSignature(end, DEPENDENCY_SIGNATURES[name]));

/** The known messages among its last words that blame something which does not answer. */
export const blamingSignatures = ({ signatures }: Pick<ContainerEnd, 'signatures'>): readonly string[] =>
  signatures.split(' ').filter((id) => DEPENDENCIES.some((name) => hasSignature({ signatures: id }, DEPENDENCY_SIGNATURES[name])));

/** Ends of containers that Kubernetes restarts again and again. */
export const loopingEnds = (context: ConclusionContext): readonly ContainerEnd[] =>
  (context.facts(k8sCrashes)?.ends ?? []).filter(({ looping }) => looping);

/** Whether looping containers said one of these last. `what` completes "The last words of 2 pods …". */
export function lastWordsTell(test: (end: ContainerEnd) => boolean, what: string): Rule {
  return rule({ crashes: k8sCrashes }, ({ crashes: { ends } }) => {
    const found = ends.filter((end) => end.looping && test(end));
    const [first] = found;
    const said = first === undefined || first.message === '' ? '' : ` (${short(first.message, 160)})`;
    return decide(
      found.length > 0,
      `The last words of ${count(found.length, 'container')} ${what}${said}: ${podNames(found)}.`,
      `No ended container's last words ${what}.`,
    );
  });
}

export function exitText({ exitCode, reason, restarts }: ContainerEnd): string {
  return `exit code ${exitCode} after ${count(restarts, 'restart')}: ${exitMeaning(exitCode, reason)}`;
}

/** What ended containers say, for a summary; empty: nothing. */
export function saidLast(end: ContainerEnd | undefined): string {
  if (end === undefined || end.message === '') return '';
  const where = end.frame === '' ? '' : `, from ${end.frame}`;
  return ` It said last: ${short(end.message, 200)}${where}.`;
}

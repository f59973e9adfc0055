import { k8sCrashes } from '../checks/k8s.crashes.ts';
import { pgConnect } from '../checks/pg.connect.ts';
import { vaultSealCheck } from '../checks/vault.seal.ts';
import { anyOf, decide, no, rule } from '../rules/rule.ts';
import { blames, type Dependency, exitText, lastWordsTell, loopingEnds, saidLast } from '../signs/crashes.ts';
import { containersLoop, POD_CONSEQUENCES, POD_SYMPTOMS, podNames } from '../signs/pods.ts';
import { defineCause } from '../types.ts';

const tellOfADependency = lastWordsTell((end) => blames(end) !== undefined, 'tell of something that did not answer');

const postgresFailsForTheBotToo = rule({ crashes: k8sCrashes, connect: pgConnect }, ({ crashes: { ends }, connect }) => {
  if (!ends.some((end) => end.looping && blames(end) === 'PostgreSQL')) return no('The pods do not blame PostgreSQL.');
  return decide(
    !connect.connected,
    `The bot cannot get into PostgreSQL either (${connect.fault ?? connect.code ?? 'no answer'}).`,
    'The bot gets into PostgreSQL itself.',
  );
});

const vaultFailsForTheBotToo = rule({ crashes: k8sCrashes, seal: vaultSealCheck }, ({ crashes: { ends }, seal: { servers } }) => {
  if (!ends.some((end) => end.looping && blames(end) === 'Vault')) return no('The pods do not blame Vault.');
  const serving = servers.filter(({ answered, initialized, sealed }) => answered && initialized === true && sealed === false);
  return decide(
    servers.length > 0 && serving.length === 0,
    'No server of Vault is unsealed and answers the bot either.',
    'A server of Vault is unsealed and answers the bot.',
  );
});

const theBotFaresTheSame = anyOf(postgresFailsForTheBotToo, vaultFailsForTheBotToo);

const FIRST_AID: Readonly<Record<Dependency, string>> = {
  PostgreSQL: 'See /hotswap diagnose postgres for why PostgreSQL cannot be used.',
  Vault: 'See /hotswap diagnose vault for why Vault gives nothing.',
  'a service that it calls': 'Ask the owners of the service whose address the message names; the bot cannot look at it.',
};

/** The process does not start without something that does not answer: a consequence, wherever the bot can see that something itself. */
export const crashLoopDependency = defineCause({
  id: 'api.crashloop.dependency',
  title: 'The pods do not start because something that they need does not answer',
  requires: [containersLoop, tellOfADependency],
  direct: theBotFaresTheSame,
  explains: [
    ...POD_SYMPTOMS,
    ...POD_CONSEQUENCES,
    'app.one_bad_pod',
    'api.bad_rollout',
    'api.crashloop.config',
    'api.crashloop.hosted_service',
    'api.readiness_failing',
    'api.liveness_kill',
  ],
  summary: (context) => {
    const ends = loopingEnds(context).filter((end) => blames(end) !== undefined);
    const [first] = ends;
    const blamed = first === undefined ? undefined : blames(first);
    const connect = context.facts(pgConnect);
    const differs =
      blamed === 'PostgreSQL' && connect?.connected === true
        ? ' The bot gets in with its own role: look at the credentials and the connection string of the pods, and at network policies.'
        : '';
    return `The process in ${podNames(ends)} gives up because ${blamed ?? 'something'} does not answer as it should${first === undefined ? '' : ` (${exitText(first)})`}.${saidLast(first)}${differs}`;
  },
  advice: (context) => {
    const blamed = loopingEnds(context).flatMap((end) => blames(end) ?? []);
    return [
      ...[...new Set(blamed)].map((name) => FIRST_AID[name]),
      'Do not restart pods: they start by themselves within 5 min of the time at which it answers again, and those that still run would be lost as well.',
    ];
  },
});

import { bothSides, botMeets, DATABASE_CONSEQUENCES, DATABASE_SYMPTOMS, loggedTimes } from '../signs/database.ts';
import { errorsAreHigh } from '../signs/latency.ts';
import { podsLogged } from '../signs/logs.ts';
import { defineCause } from '../types.ts';

/** The name in the connection string stands for no address. */
export const databaseNameUnknown = defineCause({
  id: 'db.unreachable.dns',
  title: 'The name of the PostgreSQL host does not resolve',
  requires: [podsLogged('log.npgsql.dns', 'the name of the PostgreSQL host is not known')],
  direct: botMeets('dns', 'cannot resolve the name'),
  supports: [errorsAreHigh],
  explains: [...DATABASE_SYMPTOMS, ...DATABASE_CONSEQUENCES],
  summary: (context) =>
    `${loggedTimes(context, 'log.npgsql.dns')} could not resolve the name of the PostgreSQL host. ${bothSides(context, 'dns', 'the DNS of the cluster does not know the name, or the connection string has another one.')}`,
  advice: ({ target }) => [
    `Compare the host in the connection string with the DNS record: kubectl --namespace ${target.kubernetes.namespace} run dns --rm -it --restart=Never --image=busybox -- nslookup NAME. Then look at CoreDNS (kubectl --namespace kube-system logs --selector k8s-app=kube-dns) and at what was changed in the zone.`,
  ],
});

import { z } from 'zod';
import { type Deployment, deployment } from '../../diagnostics/evidence/deployment.ts';
import { monitors } from '../../diagnostics/evidence/monitors.ts';
import { fitMonitors, type MonitorLike, type ServiceLike } from '../../diagnostics/rules/monitors.ts';
import { some } from '../../diagnostics/rules/phrases.ts';
import { factSeen } from '../guards/facts-seen.ts';
import { gitOpsGuard, ownerWarnings } from '../guards/owners.ts';
import { firstRefusal, refuse } from '../guards/refusal.ts';
import type { DraftResult } from '../plan.ts';
import { defineRemediation, type PlanContext } from '../types.ts';

interface MonitorParams {
  readonly [key: string]: unknown;
  readonly service: string;
  readonly port: string;
  readonly remove?: { readonly name: string; readonly uid: string } | undefined;
}

const Name = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be a name of Kubernetes: lower case letters, digits and hyphens')
  .max(50);

/** Labels that change with each release: a selector of them would lose the Service. */
const CHANGING = new Set(['helm.sh/chart', 'app.kubernetes.io/version', 'version']);

/** Has Prometheus scrape the Service, where nothing does; its undo deletes exactly that monitor. */
export default defineRemediation({
  id: 'fix.k8s.create_servicemonitor',
  title: 'Have Prometheus scrape the service',
  risk: 'R1',
  verbs: ['k8s.create_servicemonitor', 'k8s.delete_servicemonitor'],
  manual: {
    about:
      'Creates one ServiceMonitor, which tells the Prometheus Operator to have a named port of the Service scraped. Helps where none selects the Service. Its labels are those of prometheus.serviceMonitorLabels.',
    example: { service: 'hotswap-api', port: 'http' },
    parameters: {
      service: 'a Service that selects the pods',
      port: 'a port of it, by its name: a ServiceMonitor names ports, never numbers',
      remove: 'set by Undo alone: name and uid of the ServiceMonitor to delete',
    },
    refusals: {
      'not-served': 'the cluster has no Prometheus Operator',
      'no-service': 'no such Service selects the pods',
      'no-port': 'the Service has no port of that name',
      'no-labels': 'the Service has no label that a ServiceMonitor could select it by',
      'selected-already': 'a ServiceMonitor or PodMonitor selects it already, but does not fit: it is to be mended',
      'name-taken': 'there is a ServiceMonitor of that name, which selects something else',
      gitops: 'Argo CD or Flux owns the namespace: what lasts is named',
    },
    verification: 'The checks of the targets: they appear, and are up.',
    undo: 'Deletes exactly the ServiceMonitor that was created, by its uid, as a request of its own.',
    stop: 'None: it takes a moment.',
  },
  params: (): z.ZodType<MonitorParams> =>
    z.object({ service: Name, port: z.string().min(1).max(63), remove: z.object({ name: Name, uid: z.string().min(1) }).optional() }),
  form: ({ params, report }) => {
    const service = params.service ?? factSeen(report, 'k8s.servicemonitor', 'service');
    const port = params.port ?? factSeen(report, 'k8s.servicemonitor', 'port');
    const one = (name: string, label: string, value: unknown) => ({
      ...{ kind: 'choice' as const, name, label, hint: 'What the diagnosis found.' },
      options: typeof value === 'string' ? [{ value, label: value }] : [],
      initial: typeof value === 'string' ? value : null,
    });
    const known = typeof service === 'string' && typeof port === 'string';
    return {
      about: 'Creates a ServiceMonitor, which has Prometheus scrape the service.',
      closed: known
        ? null
        : 'This run saw no Service with a named port. Run `/hotswap diagnose metrics`, or name them: `/hotswap fix fix.k8s.create_servicemonitor service=… port=…`.',
      fields: [one('service', 'Service', service), one('port', 'Port, by its name', port)],
    };
  },
  needs: () => ({ deployment, monitors }),
  plan(params, evidence, context) {
    const found = evidence.deployment.data;
    const { served, services, monitors: all, podLabels } = evidence.monitors.data;
    const { remove } = params;
    if (!served)
      return refuse(
        'not-served',
        'The cluster has no Prometheus Operator (monitoring.coreos.com/v1 is not served), so that a ServiceMonitor does nothing.',
        'Add the service to the scrape_configs of Prometheus.',
      );
    if (remove !== undefined) return planRemoval(found, params, remove, all, context);
    const service = services.find(({ name }) => name === params.service);
    if (service === undefined)
      return refuse(
        'no-service',
        `No Service ${params.service} selects the pods of ${found.name}.`,
        `Choose one that does: ${some(services.map(({ name }) => name)) || 'there is none'}.`,
      );
    const fitting = fitMonitors(all, {
      ...{ namespace: context.target.kubernetes.namespace, services: [service], podLabels },
      wantedLabels: context.target.prometheus.serviceMonitorLabels,
    }).find(({ mismatch }) => mismatch !== 'selector');
    if (fitting?.mismatch === null) return { kind: 'nothing-to-do', reason: fitting.detail };
    const refusal = firstRefusal(
      fitting === undefined
        ? undefined
        : refuse(
            'selected-already',
            fitting.detail,
            `Make ${fitting.monitor.kind} ${fitting.monitor.name} fit: a second one would be scraped twice.`,
          ),
      portGuard(service, params.port),
      labelGuard(service),
      all.some(({ kind, name }) => kind === 'ServiceMonitor' && name === nameFor(found))
        ? refuse(
            'name-taken',
            `There is a ServiceMonitor ${nameFor(found)}, which does not select ${service.name}.`,
            'Look what it is for, and mend or delete it.',
          )
        : undefined,
      gitOpsGuard(found, LASTING, context),
    );
    return refusal ?? planCreation(found, service, params, context);
  },
  undo: ({ params, facts }) => {
    const made = z.object({ name: z.string(), uid: z.string() }).safeParse(facts[0]);
    if (!made.success || params.remove !== undefined) return undefined;
    return { service: params.service, port: params.port, remove: made.data };
  },
});

const LASTING = 'add a ServiceMonitor (in the chart: set serviceMonitor.enabled: true)';

/** The same each time, so that there cannot be two of it. deploy/rbac.yaml names it. */
const nameFor = ({ name }: Pick<Deployment, 'name'>) => `${name}-hotswap-bot`;

function portGuard({ name, ports }: ServiceLike, port: string) {
  if (ports.some((one) => one.name === port)) return undefined;
  const names = ports.map((one) => one.name).filter((one) => one !== '');
  return refuse(
    'no-port',
    `Service ${name} has no port named "${port}".`,
    names.length === 0 ? 'Give its port a name: a ServiceMonitor names ports, never numbers.' : `Choose one of: ${names.join(', ')}.`,
  );
}

function labelGuard(service: ServiceLike) {
  if (Object.keys(selectorOf(service)).length > 0) return undefined;
  return refuse(
    'no-labels',
    `Service ${service.name} has no label that a ServiceMonitor could select it by.`,
    'Give it a label, such as app.',
  );
}

const selectorOf = ({ labels }: ServiceLike) => Object.fromEntries(Object.entries(labels).filter(([key]) => !CHANGING.has(key)));

function planCreation(found: Deployment, service: ServiceLike, { port }: MonitorParams, { target }: PlanContext): DraftResult {
  const { namespace } = target.kubernetes;
  const name = nameFor(found);
  const { metricsPath: path } = target.application;
  const labels = { ...target.prometheus.serviceMonitorLabels, 'app.kubernetes.io/managed-by': 'hotswap-bot' };
  const summary = `Create ServiceMonitor ${name}: Prometheus scrapes port "${port}" of Service ${service.name} at ${path}.`;
  return {
    kind: 'act',
    plan: {
      risk: 'R1',
      summary,
      identity: `servicemonitor:${namespace}/${name}`,
      steps: [{ verb: 'k8s.create_servicemonitor', namespace, name, labels, matchLabels: selectorOf(service), port, path }],
      stepTexts: [`${summary} Its labels: ${some(Object.entries(labels).map(([key, value]) => `${key}=${value}`))}.`],
      changes: [],
      touches: [`Prometheus begins to ask each pod for ${path}. Nothing of the service changes.`],
      warnings: ownerWarnings(found, LASTING),
      undo: { kind: 'steps', text: `Delete ServiceMonitor ${name} by its uid, with a plan and approvals of its own.` },
      stop: { kind: 'none' },
      temporary: false,
    },
  };
}

function planRemoval(
  { name: deploymentName }: Deployment,
  { service }: MonitorParams,
  remove: { readonly name: string; readonly uid: string },
  all: readonly MonitorLike[],
  { target }: PlanContext,
): DraftResult {
  const { namespace } = target.kubernetes;
  if (!all.some(({ kind, name }) => kind === 'ServiceMonitor' && name === remove.name))
    return { kind: 'nothing-to-do', reason: `There is no ServiceMonitor ${remove.name} any more.` };
  const summary = `Delete ServiceMonitor ${remove.name}, which the bot created for Service ${service}.`;
  return {
    kind: 'act',
    plan: {
      risk: 'R1',
      summary,
      identity: `servicemonitor:${namespace}/${remove.name}`,
      steps: [{ verb: 'k8s.delete_servicemonitor', namespace, ...remove }],
      stepTexts: [summary],
      changes: [],
      touches: [`Prometheus stops to scrape ${deploymentName} by it: its metrics end, unless something else has them scraped.`],
      warnings: [],
      undo: { kind: 'none', text: 'Ask for the ServiceMonitor again.' },
      stop: { kind: 'none' },
      temporary: false,
    },
  };
}

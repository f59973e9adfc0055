/** Whether a ServiceMonitor or PodMonitor has Prometheus scrape the service, and if none does, what does not fit. */

type Labels = Readonly<Record<string, string>>;

export interface LabelSelector {
  readonly matchLabels: Labels;
  readonly matchExpressions: readonly { readonly key: string; readonly operator: string; readonly values: readonly string[] }[];
}

export interface ServiceLike {
  readonly name: string;
  readonly labels: Labels;
  readonly ports: readonly { readonly name: string; readonly port: number; readonly targetPort: string }[];
}

export interface MonitorLike {
  readonly kind: 'ServiceMonitor' | 'PodMonitor';
  readonly name: string;
  readonly labels: Labels;
  readonly selector: LabelSelector;
  /** Namespaces that it looks into; null: any. */
  readonly namespaces: readonly string[] | null;
  readonly endpoints: readonly { readonly port: string | null; readonly targetPort: string | null; readonly path: string | null }[];
}

/** What keeps a monitor from being the one. */
type Mismatch = 'labels' | 'namespace' | 'selector' | 'port';

interface Fit {
  readonly monitor: MonitorLike;
  readonly mismatch: Mismatch | null;
  /** The exact difference, as a sentence. */
  readonly detail: string;
}

interface Scraped {
  readonly namespace: string;
  readonly services: readonly ServiceLike[];
  readonly podLabels: Labels;
  /** What the Prometheus wants of a monitor. */
  readonly wantedLabels: Labels;
}

/** How far each monitor fits, those that fit best first. */
export function fitMonitors(monitors: readonly MonitorLike[], scraped: Scraped): readonly Fit[] {
  const order: readonly (Mismatch | null)[] = [null, 'labels', 'port', 'namespace', 'selector'];
  return monitors
    .map((monitor) => compare(monitor, scraped))
    .sort((a, b) => order.indexOf(a.mismatch) - order.indexOf(b.mismatch) || a.monitor.name.localeCompare(b.monitor.name));
}

function compare(monitor: MonitorLike, scraped: Scraped): Fit {
  const name = `${monitor.kind} ${monitor.name}`;
  const differs = (mismatch: Mismatch, detail: string): Fit => ({ monitor, mismatch, detail });
  const selected = monitor.kind === 'PodMonitor' ? undefined : scraped.services.find(({ labels }) => selects(monitor.selector, labels));
  const podsSelected = monitor.kind === 'PodMonitor' && selects(monitor.selector, scraped.podLabels);
  if (selected === undefined && !podsSelected) {
    const [service] = scraped.services;
    const labels = monitor.kind === 'PodMonitor' ? scraped.podLabels : (service?.labels ?? {});
    const owner = monitor.kind === 'PodMonitor' ? 'the pods have' : `Service ${service?.name ?? ''} has`;
    return differs('selector', `${name} selects ${selectorText(monitor.selector)}, and ${owner} ${labelText(labels)}.`);
  }
  if (monitor.namespaces !== null && !monitor.namespaces.includes(scraped.namespace))
    return differs('namespace', `${name} looks into ${monitor.namespaces.join(', ')}, and the service runs in ${scraped.namespace}.`);
  if (selected !== undefined) {
    const ports = selected.ports.map((port) => port.name);
    const wrong = monitor.endpoints.every(({ port, targetPort }) => targetPort === null && !ports.includes(port ?? ''));
    const asked = monitor.endpoints.map(({ port }) => `"${port ?? ''}"`).join(', ') || 'no port';
    if (wrong)
      return differs(
        'port',
        `${name} scrapes ${asked}, and Service ${selected.name} has the ports ${ports.map((port) => `"${port}"`).join(', ') || 'without names'}.`,
      );
  }
  const lacking = Object.entries(scraped.wantedLabels).filter(([key, value]) => monitor.labels[key] !== value);
  if (lacking.length > 0)
    return differs(
      'labels',
      `${name} has ${labelText(monitor.labels)}, and Prometheus takes up monitors with ${labelText(Object.fromEntries(lacking))} alone.`,
    );
  return { monitor, mismatch: null, detail: `${name} has Prometheus scrape the service.` };
}

/** As Kubernetes decides it: everything must hold, and an empty selector selects everything. */
export function selects({ matchLabels, matchExpressions }: LabelSelector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      if (operator === 'In') return value !== undefined && values.includes(value);
      return value === undefined || !values.includes(value);
    })
  );
}

const labelText = (labels: Labels) =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',') || 'no label';

function selectorText({ matchLabels, matchExpressions }: LabelSelector): string {
  const parts = matchExpressions.map(({ key, operator, values }) => `${key} ${operator} (${values.join(', ')})`);
  const labels = Object.keys(matchLabels).length === 0 && parts.length > 0 ? [] : [labelText(matchLabels)];
  return [...labels, ...parts].join(', ');
}

import { z } from 'zod';
import { ReadError } from '../../clients/read-errors.ts';
import type { Collection } from '../../diagnostics/collect.ts';
import { pods } from '../../diagnostics/evidence/pods.ts';
import { prometheusState } from '../../diagnostics/evidence/prometheus-state.ts';
import { server } from '../../diagnostics/evidence/server.ts';
import { json } from '../layout.ts';
import { onceMore } from '../once-more.ts';
import { openReading } from '../reading.ts';
import { type CollectorContext, defineCollector, type Version } from '../types.ts';

/** What runs, in which version, in one place: images, nodes, database, metrics, Vault and the bot itself. */
export const versions = defineCollector({
  id: 'versions',
  title: 'Versions',
  async *collect(context) {
    const reading = openReading(context);
    const found = await Promise.all([
      images(reading),
      attempt('Kubernetes', context, kubernetes),
      attempt('Nodes', context, nodes),
      database(reading),
      metrics(reading),
      ...context.clients.vault.addresses.map((address) => attempt(`Vault at ${address}`, context, () => vault(address, context))),
    ]);
    const list = [...found.flat(), { what: 'Hotswap Bot', version: context.botVersion, note: `Node ${process.versions.node}` }];
    context.show({ versions: list });
    yield { path: 'versions.json', content: json(list) };
  },
});

const unknown = (what: string, note: string): Version => ({ what, version: null, note });

async function attempt(
  what: string,
  context: CollectorContext,
  read: (context: CollectorContext) => Promise<Version[]>,
): Promise<Version[]> {
  try {
    return await onceMore(context.signal, () => read(context));
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    return [unknown(what, error.message)];
  }
}

/** Of the pods that there are, which may be of several revisions. */
async function images({ read }: Collection): Promise<Version[]> {
  const found = await read(pods);
  if (found.kind === 'missing') return [unknown('Images of the pods', found.message)];
  const counts = new Map<string, number>();
  for (const pod of found.data)
    for (const { name, image } of pod.containers) counts.set(`${name} ${image}`, (counts.get(`${name} ${image}`) ?? 0) + 1);
  return [...counts].map(([key, count]) => {
    const [name = '', image = ''] = key.split(' ');
    return { what: `Container ${name}`, version: image, note: count === 1 ? '1 pod' : `${count} pods` };
  });
}

async function kubernetes({ clients, signal }: CollectorContext): Promise<Version[]> {
  const { gitVersion } = await clients.kubernetes.version(signal);
  return [{ what: 'Kubernetes', version: gitVersion, note: '' }];
}

const Info = z.object({ kubeletVersion: z.string(), osImage: z.string().default(''), containerRuntimeVersion: z.string().default('') });
const Nodes = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }), status: z.object({ nodeInfo: Info }) })) });

async function nodes({ clients, signal }: CollectorContext): Promise<Version[]> {
  const answer: unknown = JSON.parse(JSON.stringify(await clients.kubernetes.nodes(signal)));
  const parsed = Nodes.safeParse(answer);
  if (!parsed.success) return [unknown('Nodes', 'The API does not say what runs on them.')];
  return parsed.data.items.map(({ metadata, status: { nodeInfo } }) => ({
    what: `Node ${metadata.name}`,
    version: nodeInfo.kubeletVersion,
    note: [nodeInfo.osImage, nodeInfo.containerRuntimeVersion].filter((text) => text !== '').join(', '),
  }));
}

async function database({ read }: Collection): Promise<Version[]> {
  const found = await read(server);
  if (found.kind === 'missing') return [unknown('PostgreSQL', found.message)];
  if (!found.data.connected) return [unknown('PostgreSQL', found.data.message)];
  return [{ what: 'PostgreSQL', version: found.data.version, note: found.data.inRecovery ? 'a standby' : '' }];
}

async function metrics({ read }: Collection): Promise<Version[]> {
  const found = await read(prometheusState);
  if (found.kind === 'missing') return [unknown('Prometheus', found.message)];
  return [{ what: 'Prometheus', version: found.data.version, note: found.data.version === null ? found.data.said : '' }];
}

const Health = z.object({ version: z.string() });

async function vault(address: string, { clients, signal }: CollectorContext): Promise<Version[]> {
  const parsed = Health.safeParse((await clients.vault.health(address, signal)).body);
  const what = `Vault at ${address}`;
  return [parsed.success ? { what, version: parsed.data.version, note: '' } : unknown(what, 'It does not say.')];
}

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { connectKubernetesWriter, type KubernetesWriter } from '../../../src/clients/kubernetes-write.ts';
import { WriteRefusedError, WriteUncertainError } from '../../../src/clients/write-errors.ts';
import { withoutPool } from '../../../src/diagnostics/rules/connection-string.ts';
import { containerEnvVerb } from '../../../src/remediations/executor/k8s.container_env.ts';
import { containerMemoryVerb } from '../../../src/remediations/executor/k8s.container_memory.ts';
import { poolSizeVerb } from '../../../src/remediations/executor/k8s.pool_size.ts';
import { Step, type StepOf } from '../../../src/remediations/executor/steps.ts';
import type { VerbRunner } from '../../../src/remediations/executor/verb.ts';
import { valueHash } from '../../../src/remediations/value-hash.ts';
import { startCluster } from '../../support/cluster.ts';
import { stepContext } from '../support/step-context.ts';

const context = stepContext();

const Own = z.looseObject({ resources: z.unknown(), env: z.array(z.looseObject({ value: z.string().optional() })) });
const SECRET = 'Host=db;Password="hunter2;Maximum Pool Size=99";Maximum Pool Size=5';
const sidecar = { name: 'sidecar', image: 'sidecar:1', resources: { limits: { memory: '512Mi' } } };
const own = (change: object = {}) => ({
  name: 'hotswap',
  image: 'hotswap:1',
  resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { cpu: '1', memory: '512Mi' } },
  env: [
    { name: 'ConnectionStrings__PostgreSql', value: SECRET },
    { name: 'Cors__AllowedOrigins__0', value: 'https://old.example.com' },
    { name: 'Cors__AllowedOrigins__1', valueFrom: { configMapKeyRef: { name: 'cors', key: 'origin', optional: true } } },
  ],
  ...change,
});

async function world(containers: readonly object[] = [sidecar, own()]) {
  const cluster = await startCluster({ replicas: 1 });
  const change = (to: readonly object[]) => {
    const found = cluster.get('deployments', 'default', 'hotswap-api');
    if (found === undefined) throw new Error('no Deployment');
    const template = { ...found.spec.template, spec: { ...found.spec.template.spec, containers: to } };
    cluster.apply({ ...found, spec: { ...found.spec, template } });
  };
  change(containers);
  const writer = connectKubernetesWriter({ kubeconfig: cluster.kubeconfigPath, context: 'bot-fix', timeoutMs: 3_000 });
  const container = () => {
    const found: { name: string }[] = cluster.get('deployments', 'default', 'hotswap-api')?.spec.template.spec.containers ?? [];
    return Own.parse(found.find(({ name }) => name === 'hotswap'));
  };
  const uid = cluster.get('deployments', 'default', 'hotswap-api')?.metadata.uid ?? '';
  return { cluster, writer, change, container, workload: { namespace: 'default', name: 'hotswap-api', uid, container: 'hotswap' } };
}
type World = Awaited<ReturnType<typeof world>>;

const memory = ({ workload }: World): StepOf<'k8s.container_memory'> => ({
  verb: 'k8s.container_memory',
  ...workload,
  from: { request: '256Mi', limit: '512Mi' },
  to: { request: '512Mi', limit: '1024Mi' },
});
const origins = ({ workload }: World): StepOf<'k8s.container_env'> => ({
  verb: 'k8s.container_env',
  ...workload,
  variables: [
    { name: 'Cors__AllowedOrigins__0', from: 'https://old.example.com', to: 'https://new.example.com' },
    { name: 'Cors__AllowedOrigins__2', from: null, to: 'https://third.example.com' },
  ],
});
const pool = ({ workload }: World, from: number | null = 5): StepOf<'k8s.pool_size'> => ({
  verb: 'k8s.pool_size',
  ...workload,
  variable: 'ConnectionStrings__PostgreSql',
  rest: valueHash(withoutPool(SECRET) ?? ''),
  from,
  to: 15,
});

interface Case<S extends Step> {
  readonly verb: (writer: KubernetesWriter) => VerbRunner<S>;
  readonly step: (world: World) => S;
  /** The container as the step leaves it, beside what it leaves alone. */
  readonly after: object;
  readonly preview: readonly object[];
  /** Somebody else changes what the step is about. */
  readonly meddled: object;
}

function behaves<S extends Step>(name: string, { verb, step: stepOf, after, preview, meddled }: Case<S>) {
  describe(name, () => {
    it('shows the change first without making it, makes it, rolls it out, and takes it back', async () => {
      const at = await world();
      const [runner, step] = [verb(at.writer), stepOf(at)];
      expect(Step.parse(step)).toEqual(step);
      expect(await runner.preview(step)).toMatchObject(preview);
      expect(at.container()).toMatchObject(own());
      expect(await runner.settle(step, {}, context)).toMatchObject({ kind: 'not-done' });
      expect(await runner.perform(step, {}, context)).toMatchObject({ kind: 'done' });
      expect(at.container()).toMatchObject(own(after));
      expect(await runner.follow(step, context)).toMatchObject({ kind: 'done' });
      expect(await runner.settle(step, {}, context)).toMatchObject({ kind: 'done' });
      const back = runner.reverse?.(step);
      expect(back).toBeDefined();
      expect(await runner.perform(back as S, {}, context)).toMatchObject({ kind: 'done' });
      expect(at.container()).toEqual({ ...at.container(), ...own() });
    });

    it('does nothing a second time, nor to another Deployment or container', async () => {
      const at = await world();
      const [runner, step] = [verb(at.writer), stepOf(at)];
      expect(await runner.perform({ ...step, uid: 'another' }, {}, context)).toMatchObject({ kind: 'not-done' });
      expect(await runner.perform({ ...step, container: 'sidecar' }, {}, context)).toMatchObject({ kind: 'not-done' });
      expect(at.container()).toMatchObject(own());
      await runner.perform(step, {}, context);
      const { generation } = at.cluster.get('deployments', 'default', 'hotswap-api')?.metadata ?? {};
      expect(await runner.perform(step, {}, context)).toMatchObject({ kind: 'not-done' });
      expect(at.cluster.get('deployments', 'default', 'hotswap-api')?.metadata.generation).toBe(generation);
    });

    it('does nothing where somebody else has changed the same, before or in between', async () => {
      const at = await world();
      const [runner, step] = [verb(at.writer), stepOf(at)];
      at.change([sidecar, own(meddled)]);
      expect(await runner.perform(step, {}, context)).toMatchObject({ kind: 'not-done', text: expect.stringContaining('has changed') });
      expect(await runner.settle(step, {}, context)).toMatchObject({ kind: 'unknown' });
      at.change([sidecar, own()]);
      const racing: KubernetesWriter = {
        ...at.writer,
        patchDeployment: (request) => {
          at.change([own(meddled), sidecar]);
          return at.writer.patchDeployment(request);
        },
      };
      expect(await verb(racing).perform(step, {}, context)).toMatchObject({ kind: 'not-done' });
      expect(at.container()).toMatchObject(own(meddled));
    });

    it('reads back what came of a write without an answer', async () => {
      const at = await world();
      const step = stepOf(at);
      const deaf: KubernetesWriter = {
        ...at.writer,
        patchDeployment: async (request) => {
          await at.writer.patchDeployment(request);
          throw new WriteUncertainError('The connection broke.');
        },
      };
      expect(await verb(deaf).perform(step, {}, context)).toMatchObject({ kind: 'done' });
      expect(at.container()).toMatchObject(own(after));
    });

    it('is not tried where nothing can be read before', async () => {
      const at = await world();
      let patches = 0;
      const blind: KubernetesWriter = {
        ...at.writer,
        readDeployment: () => Promise.reject(new WriteUncertainError('It did not answer in time.')),
        patchDeployment: (request) => {
          patches += 1;
          return at.writer.patchDeployment(request);
        },
      };
      expect(await verb(blind).perform(stepOf(at), {}, context)).toMatchObject({ kind: 'not-done' });
      expect(patches).toBe(0);
    });
  });
}

behaves('changing the memory of a container', {
  verb: containerMemoryVerb,
  step: memory,
  after: { resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { cpu: '1', memory: '1024Mi' } } },
  preview: [
    { field: expect.stringContaining('limits.memory'), before: '512Mi', after: '1024Mi' },
    { field: expect.stringContaining('requests.memory'), before: '256Mi', after: '512Mi' },
  ],
  meddled: { resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { cpu: '1', memory: '600Mi' } } },
});

behaves('setting variables', {
  verb: containerEnvVerb,
  step: origins,
  after: {
    env: [
      own().env[0],
      { name: 'Cors__AllowedOrigins__0', value: 'https://new.example.com' },
      own().env[2],
      { name: 'Cors__AllowedOrigins__2', value: 'https://third.example.com' },
    ],
  },
  preview: [
    { before: 'https://old.example.com', after: 'https://new.example.com' },
    { before: '(not set)', after: 'https://third.example.com' },
  ],
  meddled: { env: [...own().env, { name: 'Cors__AllowedOrigins__2', value: 'https://other.example.com' }] },
});

behaves('changing the pool size', {
  verb: poolSizeVerb,
  step: pool,
  after: { env: [{ name: 'ConnectionStrings__PostgreSql', value: SECRET.replace(/5$/, '15') }, ...own().env.slice(1)] },
  preview: [{ field: expect.stringContaining('Maximum Pool Size'), before: '5', after: '15' }],
  meddled: { env: [{ name: 'ConnectionStrings__PostgreSql', value: SECRET.replace('hunter2', 'hunter3') }, ...own().env.slice(1)] },
});

describe('memory', () => {
  it('is compared as an amount, because the API server writes it in its own way', async () => {
    const at = await world([own({ resources: { limits: { memory: '1Gi' } } })]);
    const step = { ...memory(at), from: { request: null, limit: '1024Mi' }, to: { request: '512Mi', limit: '2Gi' } };
    expect(await containerMemoryVerb(at.writer).perform(step, {}, context)).toMatchObject({ kind: 'done' });
    expect(at.container().resources).toEqual({ limits: { memory: '2Gi' }, requests: { memory: '512Mi' } });
  });
});

describe('a variable', () => {
  it('that comes from elsewhere is never touched', async () => {
    const at = await world();
    const variables = [{ name: 'Cors__AllowedOrigins__1', from: null, to: 'https://new.example.com' }];
    expect(await containerEnvVerb(at.writer).perform({ ...origins(at), variables }, {}, context)).toMatchObject({ kind: 'not-done' });
  });

  it('is the first one of a container that had none', async () => {
    const at = await world([own({ env: [] })]);
    const variables = [{ name: 'Cors__AllowedOrigins__0', from: null, to: 'https://new.example.com' }];
    expect(await containerEnvVerb(at.writer).perform({ ...origins(at), variables }, {}, context)).toMatchObject({ kind: 'done' });
    expect(at.container().env).toEqual([{ name: 'Cors__AllowedOrigins__0', value: 'https://new.example.com' }]);
  });

  it('cannot be a connection string', async () => {
    const at = await world();
    const variables = [{ name: 'ConnectionStrings__PostgreSql', from: null, to: 'Host=elsewhere' }];
    expect(Step.safeParse({ ...origins(at), variables }).success).toBe(false);
  });
});

describe('a connection string', () => {
  it('is in nothing that is shown, journalled or said, whatever the API server answers', async () => {
    const at = await world();
    const quoting: KubernetesWriter = {
      ...at.writer,
      patchDeployment: () => Promise.reject(new WriteRefusedError('refused', `admission webhook denied: ${SECRET}`)),
    };
    const mumbling: KubernetesWriter = {
      ...at.writer,
      patchDeployment: () => Promise.reject(new WriteUncertainError(`The Kubernetes API answered 500: ${SECRET}`)),
    };
    const verb = poolSizeVerb(at.writer);
    const step = pool(at);
    const refused = await poolSizeVerb(quoting)
      .preview(step)
      .catch((error: unknown) => String(error));
    const said = [
      step,
      await verb.preview(step),
      refused,
      await poolSizeVerb(quoting).perform(step, {}, context),
      await poolSizeVerb(mumbling).perform(step, {}, context),
      await verb.perform(step, {}, context),
      await verb.settle(step, {}, context),
    ];
    expect(refused).toContain('not shown');
    expect(JSON.stringify(said)).not.toMatch(/hunter2|Host=db/);
  });

  it('gets the keyword where it had none, and loses it again', async () => {
    const without = SECRET.replace(/;[^;]*$/, '');
    const at = await world([own({ env: [{ name: 'ConnectionStrings__PostgreSql', value: without }] })]);
    const verb = poolSizeVerb(at.writer);
    const step = { ...pool(at), from: null };
    await verb.perform(step, {}, context);
    expect(at.container().env[0]?.value).toBe(`${without};Maximum Pool Size=15`);
    await verb.perform({ ...step, from: 15, to: null }, {}, context);
    expect(at.container().env[0]?.value).toBe(without);
  });
});

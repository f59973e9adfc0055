import { z } from 'zod';
import type { OpenedBundle } from './open.ts';

/** What a bundle says, by subject: a short text for each name. Two bundles are compared by these alone. */
export type Facts = ReadonlyMap<string, ReadonlyMap<string, string>>;

const Resources = z.record(z.string(), z.record(z.string(), z.union([z.string(), z.number()]))).default({});
const Variable = z.looseObject({ name: z.string(), value: z.string().optional() });
const Container = z.looseObject({
  name: z.string(),
  image: z.string().default(''),
  env: z.array(Variable).default([]),
  resources: Resources,
});
const Deployments = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ replicas: z.int().default(1), template: z.object({ spec: z.object({ containers: z.array(Container) }) }) }),
    }),
  ),
});
const Named = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });
const Events = z.object({
  items: z.array(
    z.object({
      type: z.string().default(''),
      reason: z.string().default(''),
      note: z.string().default(''),
      regarding: z.object({ kind: z.string().default(''), name: z.string().default('') }).prefault({}),
    }),
  ),
});
const Diagnosed = z.object({
  checks: z.array(z.object({ id: z.string(), verdict: z.string() })).default([]),
  diagnoses: z.array(z.object({ cause: z.string(), certainty: z.string() })).default([]),
});
const Settings = z.object({ data: z.object({ settings: z.array(z.object({ name: z.string(), value: z.string().nullable() })) }) });
const Secret = z.object({ data: z.object({ state: z.string(), version: z.int().nullable() }) });
const Version = z.object({ string: z.string() });

/** What can be compared. A file that is missing or unlike what is expected says nothing. */
export function factsOf({ manifest, files }: OpenedBundle): Facts {
  const facts = new Map<string, Map<string, string>>();
  const note = (subject: string, name: string, text: string): void => {
    const known = facts.get(subject) ?? new Map<string, string>();
    facts.set(subject, known.set(masked(name), masked(text)));
  };
  note('Versions', 'bot', manifest.botVersion);
  each(files, /^cluster_version\.json$/, Version, ({ string }) => note('Versions', 'Kubernetes', string));
  each(files, /^cluster-resources\/deployments\//, Deployments, ({ items }) => {
    for (const { metadata, spec } of items) {
      note('Replicas', metadata.name, String(spec.replicas));
      for (const container of spec.template.spec.containers) noteContainer(`${metadata.name}/${container.name}`, container, note);
    }
  });
  each(files, /^cluster-resources\/pods\//, Named, ({ items }) => {
    for (const { metadata } of items) note('Pods', metadata.name, 'there');
  });
  each(files, /^cluster-resources\/events\//, Events, ({ items }) => {
    for (const { type, reason, note: text, regarding } of items)
      if (type === 'Warning') note('Warnings', `${regarding.kind} ${regarding.name}: ${reason}`, text);
  });
  each(files, /^diagnosis\/report\.json$/, Diagnosed, ({ checks, diagnoses }) => {
    for (const { id, verdict } of checks) note('Checks', id, verdict);
    for (const { cause, certainty } of diagnoses) note('Causes', cause, certainty);
  });
  each(files, /^evidence\/pg\.settings\.json$/, Settings, ({ data }) => {
    for (const { name, value } of data.settings) note('Settings of PostgreSQL', name, value ?? 'not known');
  });
  each(files, /^evidence\/vault\.secret\.json$/, Secret, ({ data }) =>
    note('Signing key in Vault', 'newest version', `${data.version ?? 'without a number'}, ${data.state}`),
  );
  return facts;
}

type Note = (subject: string, name: string, text: string) => void;

function noteContainer(name: string, { image, env, resources }: z.infer<typeof Container>, note: Note): void {
  note('Images', name, image);
  for (const variable of env) note('Variables', `${name} ${variable.name}`, variable.value ?? 'from elsewhere');
  for (const [kind, amounts] of Object.entries(resources))
    for (const [resource, amount] of Object.entries(amounts)) note('Resources', `${name} ${kind}.${resource}`, String(amount));
}

function each<Content>(files: OpenedBundle['files'], path: RegExp, shape: z.ZodType<Content>, take: (content: Content) => void): void {
  for (const [name, content] of files) {
    const parsed = path.test(name) ? shape.safeParse(content) : undefined;
    if (parsed?.success === true) take(parsed.data);
  }
}

/** Each bundle has its own key for the tokens that stand for secrets: those of two bundles say nothing about each other. */
const masked = (text: string) => text.replaceAll(/\[redacted-([a-z-]+)-[0-9a-f]{8}\]/g, '[redacted-$1]');

import type { z } from 'zod';
import { TOKEN } from '../../redaction/tokens.ts';
import type { OpenedBundle } from './open.ts';
import * as shapes from './shapes.ts';

export interface Fact {
  readonly text: string;
  /** Where it is an amount: whether it is another one is told by how many times as much it is. */
  readonly amount?: number;
  /** It is no news where the other bundle does not say it at all. */
  readonly quiet?: true;
}

/** What a bundle says, by subject: a short text for each name. Two bundles are compared by these alone. */
export type Facts = ReadonlyMap<string, ReadonlyMap<string, Fact>>;

type Note = (subject: string, name: string, text: string, more?: Omit<Fact, 'text'>) => void;
type Take = (path: RegExp) => <Content>(shape: z.ZodType<Content>, take: (content: Content) => void) => void;

/** What can be compared. A file that is missing or unlike what is expected says nothing. */
export function factsOf({ manifest, files }: OpenedBundle): Facts {
  const facts = new Map<string, Map<string, Fact>>();
  const note: Note = (subject, name, text, more = {}) => {
    const known = facts.get(subject) ?? new Map<string, Fact>();
    facts.set(subject, known.set(masked(name), { text: masked(text), ...more }));
  };
  /** That there is nothing of it says something as well: it was looked for. */
  const looked = (subject: string): void => void facts.set(subject, facts.get(subject) ?? new Map());
  const of: Take = (path) => (shape, take) => {
    for (const [name, content] of files) {
      const parsed = path.test(name) ? shape.safeParse(content) : undefined;
      if (parsed?.success === true) take(parsed.data);
    }
  };
  note('Versions', 'bot', manifest.botVersion);
  noteVersions(of, note);
  noteWorkloads(of, note);
  noteConfigMaps(of, note);
  noteDatabase(of, note);
  noteVault(of, note);
  of(/^diagnosis\/report\.json$/)(shapes.Diagnosed, () => looked('Causes'));
  noteFindings(of, note);
  of(/^evidence\/k8s\.logs\.json$/)(shapes.Logs, () => looked('Errors and warnings in the logs'));
  noteErrors(of, note);
  noteRates(of, note);
  noteWarnings(of, note);
  for (const { what, reason } of manifest.missing) note('What was not collected', what, reason);
  return facts;
}

function noteVersions(of: Take, note: Note): void {
  of(/^cluster-info\/cluster_version\.json$/)(shapes.Version, ({ string }) => note('Versions', 'Kubernetes', string));
  of(/^postgres\/.*\.json$/)(shapes.Connected, ({ version }) => note('Versions', 'PostgreSQL', version));
}

function noteWorkloads(of: Take, note: Note): void {
  of(/^cluster-resources\/deployments\//)(shapes.Deployments, ({ items }) => {
    for (const { metadata, spec } of items) {
      note('Replicas', metadata.name, String(spec.replicas));
      for (const container of spec.template.spec.containers) noteContainer(`${metadata.name}/${container.name}`, container, note);
    }
  });
  of(/^cluster-resources\/horizontalpodautoscalers\//)(shapes.Autoscalers, ({ items }) => {
    for (const { metadata, spec } of items) note('Autoscalers', metadata.name, `${spec.minReplicas} to ${spec.maxReplicas} replicas`);
  });
}

function noteConfigMaps(of: Take, note: Note): void {
  of(/^cluster-resources\/configmaps\//)(shapes.ConfigMaps, ({ items }) => {
    for (const { metadata, data } of items)
      for (const [key, hash] of Object.entries(data)) note('ConfigMaps', `${metadata.name} ${key}`, hash);
  });
}

function noteContainer(name: string, { image, env, resources }: z.infer<typeof shapes.Container>, note: Note): void {
  note('Images', name, image);
  for (const variable of env) note('Variables', `${name} ${variable.name}`, variable.value ?? 'from elsewhere');
  for (const [kind, amounts] of Object.entries(resources))
    for (const [resource, amount] of Object.entries(amounts)) note('Resources', `${name} ${kind}.${resource}`, String(amount));
}

function noteDatabase(of: Take, note: Note): void {
  of(/^evidence\/pg\.settings\.json$/)(shapes.Settings, ({ data }) => {
    for (const { name, value, pendingRestart } of data.settings)
      note('Settings of PostgreSQL', name, `${value ?? 'not known'}${pendingRestart ? ', another one after a restart' : ''}`);
    for (const { database, role, name, value } of data.own)
      note('Settings of PostgreSQL', `${name} of ${[role, database].filter((one) => one !== '').join(' in ') || 'all'}`, value);
  });
}

function noteVault(of: Take, note: Note): void {
  of(/^evidence\/vault\.secret\.json$/)(shapes.Secret, ({ data }) =>
    note('Signing key in Vault', 'newest version', `${data.version ?? 'without a number'}, ${data.state}`),
  );
}

/** Which checks are made depends on what the first ones find: one more that finds nothing is no difference. */
const isBad = (verdict: string) => verdict === 'fail' || verdict === 'warn';

function noteFindings(of: Take, note: Note): void {
  of(/^diagnosis\/report\.json$/)(shapes.Diagnosed, ({ checks, diagnoses }) => {
    for (const { cause, certainty } of diagnoses) note('Causes', cause, certainty);
    for (const { id, verdict } of checks) note('Checks', id, verdict, isBad(verdict) ? {} : { quiet: true });
  });
}

/** By what they say, without what varies; how often is told for the same time, as two bundles may go back differently far. */
function noteErrors(of: Take, note: Note): void {
  of(/^evidence\/k8s\.logs\.json$/)(shapes.Logs, ({ data: { groups, sinceSeconds } }) => {
    for (const { level, category, exception, pattern, count } of groups) {
      if (level === 'info') continue;
      const name = [level, exception, `${category === '' ? '' : `${category}: `}${pattern}`].filter((one) => one !== '').join(' ');
      note('Errors and warnings in the logs', name, `${count} in ${Math.round(sinceSeconds / 60)} min`, { amount: count / sinceSeconds });
    }
  });
}

const DIGITS = 3;

function noteRates(of: Take, note: Note): void {
  of(/^prometheus\/ranges\.json$/)(shapes.Ranges, (charts) => {
    for (const { title, unit, points } of charts) {
      if (points.length === 0) continue;
      const mean = points.reduce((sum, { value }) => sum + value, 0) / points.length;
      note('Rates, on average', title, `${Number(mean.toPrecision(DIGITS))} ${unit}`.trim(), { amount: mean });
    }
  });
}

function noteWarnings(of: Take, note: Note): void {
  of(/^cluster-resources\/events\//)(shapes.Events, ({ items }) => {
    for (const { type, reason, text, about } of items)
      if (type === 'Warning') note('Warnings of Kubernetes', `${about.kind} ${about.name}: ${reason}`, text);
  });
  of(/^cluster-resources\/pods\//)(shapes.Named, ({ items }) => {
    for (const { metadata } of items) note('Pods', metadata.name, 'there');
  });
}

/** Each bundle has its own key for the tokens that stand for secrets: those of two bundles say nothing about each other. */
const masked = (text: string) => text.replaceAll(TOKEN, '[redacted-$1]');

import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { connectKubernetesWriter } from '../../src/clients/kubernetes-write.ts';
import { createReadClients } from '../../src/clients/read-clients.ts';
import { findTarget, type NamedTarget, Settings } from '../../src/config/settings.ts';
import { collectSources } from '../../src/diagnostics/collect.ts';
import { createRedactor } from '../../src/diagnostics/redact.ts';
import { previewSteps } from '../../src/remediations/executor/preview.ts';
import { runnerOf, type WritePorts } from '../../src/remediations/executor/runner.ts';
import type { Facts, StepContext } from '../../src/remediations/executor/verb.ts';
import type { PlanResult } from '../../src/remediations/plan.ts';
import type { Remediations } from '../../src/remediations/registry.ts';
import type { Params, Remediation } from '../../src/remediations/types.ts';
import { DEPLOYMENT, SECRET } from './admin.ts';

/** What is not of the cluster, and is not there: these guards are done without, as a requester may ask for. */
const NOT_OF_THE_CLUSTER = /^fix\.(?:slots|live-jobs|memory-growth|pod-jobs\..*)$/;
const DEADLINE_MS = 90_000;

export interface Contexts {
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly read: string;
  readonly fix: string;
}

/** One way through plan, dry run, writes and reading back, with the code of the executor itself. */
export interface Attempt {
  readonly remediation: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Done between the dry run and the write. */
  readonly meddle?: (() => Promise<unknown>) | undefined;
  /** Writes with the identity that may only read. */
  readonly asReader?: boolean | undefined;
  /** Takes it back afterwards, by a plan of its own. */
  readonly undo?: boolean | undefined;
}

export interface Outcome {
  /** `done`, `done, undone`, `refuse CODE`, `not-done`, … */
  readonly short: string;
  readonly text: string;
}

export function openTrial(contexts: Contexts, remediations: Remediations) {
  const settings = settingsFor(contexts);
  const target = findTarget(settings, 'trial');
  if (target === undefined) throw new Error('the settings of the trial have no target');
  const clients = createReadClients({ target, kubeconfig: contexts.kubeconfig, endpoint: () => undefined, timeoutMs: 5_000 });
  const portsOf = (context: string): WritePorts => ({
    kubernetes: connectKubernetesWriter({ kubeconfig: contexts.kubeconfig, context, timeoutMs: 10_000 }),
    ...{ sessions: undefined, indexes: undefined, vault: undefined, rows: undefined, statistics: undefined },
  });
  const ports = { fix: portsOf(contexts.fix), read: portsOf(contexts.read) };

  const plan = async (remediation: Remediation, params: Params, undoing: boolean): Promise<PlanResult> => {
    const needs = remediation.needs(params, target);
    const evidence = await collectSources(Object.values(needs), {
      ...{ target, clients, diagnostics: settings.diagnostics, thresholds: settings.thresholds, now: new Date() },
      ...{
        signal: AbortSignal.timeout(DEADLINE_MS),
        logger: pino({ level: 'silent' }),
        redactor: createRedactor({ secrets: [], publicNames: [] }),
      },
    });
    const overrides = [...evidence.keys()].filter((id) => NOT_OF_THE_CLUSTER.test(id));
    return remediation.plan(params, evidence, { target, settings: settings.remediations, now: new Date(), undoing, overrides });
  };

  return {
    target,
    async attempt(wanted: Attempt): Promise<Outcome> {
      const remediation = remediations.get(wanted.remediation);
      if (remediation === undefined) return { short: 'not built', text: '' };
      const said: string[] = [];
      const once = (params: Params, undoing: boolean, meddle?: Attempt['meddle']) =>
        carryOut(remediation, params, { target, ports: wanted.asReader === true ? ports.read : ports.fix, said, meddle }, () =>
          plan(remediation, params, undoing),
        );
      const params = remediation.parse(wanted.params, target);
      const first = await once(params, false, wanted.meddle);
      const back = first.short === 'done' && wanted.undo === true ? remediation.undo?.({ params, facts: first.facts }) : undefined;
      const second = back === undefined ? undefined : await once(remediation.parse(back, target), true);
      const short =
        wanted.undo === true && first.short === 'done'
          ? `done, ${second?.short === 'done' ? 'undone' : (second?.short ?? 'no undo')}`
          : first.short;
      return said.some((text) => text.includes(SECRET)) ? { short: 'SECRET SHOWN', text: '' } : { short, text: said.join(' ') };
    },
    close: () => clients.close(),
  };
}

interface Way {
  readonly target: NamedTarget;
  readonly ports: WritePorts;
  readonly said: string[];
  readonly meddle: Attempt['meddle'];
}

async function carryOut(
  { verbs }: Remediation,
  _params: Params,
  { ports, said, meddle }: Way,
  plan: () => Promise<PlanResult>,
): Promise<{ readonly short: string; readonly facts: readonly Facts[] }> {
  const end = (short: string, facts: readonly Facts[] = []) => ({ short, facts });
  const result = await plan();
  said.push(JSON.stringify(result));
  if (result.kind !== 'act') return end(result.kind === 'refuse' ? `refuse ${result.refusal.code}` : result.kind);
  const preview = await previewSteps(result.plan.steps, verbs, ports);
  said.push(JSON.stringify(preview));
  if (preview.kind !== 'changes') return end(`refuse ${preview.code}`);
  if (preview.changes.length === 0) return end('dry run without a difference');
  await meddle?.();
  const facts: Facts[] = [];
  const runners = result.plan.steps.map((step) => ({ step, runner: runnerOf(step, verbs, ports) }));
  for (const { step, runner } of runners) {
    const mark = runner.mark(new Date());
    const before = await runner.settle(step, mark, CONTEXT);
    const performed = await runner.perform(step, mark, CONTEXT);
    const after = await runner.settle(step, mark, CONTEXT);
    said.push(performed.text, after.text);
    if (performed.kind !== 'done') return end(performed.kind);
    if (before.kind === 'done' || after.kind !== 'done') return end(`done, but read back as ${before.kind} before and ${after.kind} after`);
    facts.push(performed.facts);
  }
  const last = runners.at(-1);
  if (last === undefined) return end('no step');
  const followed = await last.runner.follow(last.step, CONTEXT);
  said.push(followed.text);
  return end(followed.kind, facts);
}

const CONTEXT: StepContext = {
  now: () => new Date(),
  wait: (ms) => delay(Math.min(ms, 500)),
  stopRequested: async () => false,
  report: async () => {},
  confirm: async () => {},
  pollMs: 500,
  deadlineMs: DEADLINE_MS,
};

function settingsFor({ namespace, read, fix }: Contexts): Settings {
  return Settings.parse({
    defaultTarget: 'trial',
    slack: { channels: [{ id: 'C0TRIAL', target: 'trial' }] },
    targets: {
      trial: {
        kubernetes: { namespace, deployment: DEPLOYMENT, context: read, fixContext: fix, maxReplicas: 12 },
        database: { readUrlFrom: 'NO_DATABASE' },
        prometheus: { urlFrom: 'NO_PROMETHEUS', serviceMonitorLabels: { release: 'prometheus-prod' } },
      },
    },
  });
}

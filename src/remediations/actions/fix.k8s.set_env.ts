import { z } from 'zod';
import type { Deployment, EnvironmentVariable } from '../../diagnostics/evidence/deployment.ts';
import { some } from '../../diagnostics/rules/phrases.ts';
import { textOf } from '../guards/facts-seen.ts';
import { JOBS_PARAMETER, Jobs, jobsField, lostJobs } from '../guards/live-jobs.ts';
import { refuse } from '../guards/refusal.ts';
import { faultOf, kindOfVariable, settableNames } from '../guards/settable.ts';
import {
  containerOf,
  TEMPLATE_ASSUMPTIONS,
  TEMPLATE_REFUSALS,
  TEMPLATE_UNDONE_WITHOUT,
  TEMPLATE_VERIFICATION,
  templateDraft,
  templateGuard,
  templateNeeds,
} from '../guards/template-change.ts';
import type { Draft, NothingToDo, Refused } from '../plan.ts';
import { defineRemediation, type PlanContext } from '../types.ts';

interface EnvParams {
  readonly [key: string]: unknown;
  readonly name: string;
  /** Null: it is taken away, which only taking a request back does. */
  readonly value: string | null;
  readonly jobs: 'keep' | 'override';
}

/** What the API server stores must be what the approvers saw: no line breaks, nothing invisible. */
const Value = z.string().regex(/^[\x20-\x7e]{1,300}$/, 'must be one line of plain characters, at most 300');

/** Sets one variable of the application, of those that may be set. */
export default defineRemediation({
  id: 'fix.k8s.set_env',
  title: 'Set a variable',
  risk: 'R2',
  verbs: ['k8s.container_env'],
  manual: {
    about:
      'Sets one variable of the application’s container, or adds it: where it listens, or an origin whose pages may use the hub. Helps where such a setting is wrong or missing.',
    example: { name: 'Kestrel__Endpoints__Http__Url', value: 'http://0.0.0.0:8080' },
    parameters: {
      name: '{application.listenVariable}, {application.hubOriginVariable} with a number, or one of `application.settableVariables`',
      value: 'an http address that others can reach, with a port that the container declares; or an origin as browsers send it',
      jobs: JOBS_PARAMETER,
    },
    refusals: {
      ...TEMPLATE_REFUSALS,
      'not-settable': 'the variable is not one of those that may be set',
      'bad-value': 'the value is not what the variable takes; what is wrong with it is said',
      reference: 'the value comes from a Secret or a ConfigMap, which must be changed instead',
      'not-readable': 'the present value may be a secret (`application.readableVariables`), so it could neither be shown nor put back',
      ambiguous: 'the variable is there twice, or in other letters: .NET does not tell upper from lower case',
      'only-undo': 'variables are taken away only to take a request back',
    },
    verification: TEMPLATE_VERIFICATION,
    undo: 'The value that there was, or none where there was none.',
    stop: 'The value that there was, at once; the pods roll back.',
  },
  params: (): z.ZodType<EnvParams> =>
    z.object({ name: z.string().regex(/^[A-Za-z_]\w{0,200}$/, 'must be the name of a variable'), value: Value.nullable(), jobs: Jobs }),
  form: ({ target: { kubernetes, application }, params }) => ({
    about: `Sets one variable of Deployment ${kubernetes.deployment}. All its pods are replaced.`,
    closed: null,
    fields: [
      {
        ...{ kind: 'text', name: 'name', label: 'Variable', maximum: 200, optional: false },
        hint: `One of: ${some(settableNames(application), 10)}`,
        initial: textOf(params.name) ?? application.listenVariable,
      },
      {
        ...{ kind: 'text', name: 'value', label: 'Value', maximum: 300, optional: false },
        hint: 'An address such as http://0.0.0.0:8080, or an origin such as https://console.example.com. It is shown to everybody.',
        initial: textOf(params.value),
      },
      jobsField({ params }),
    ],
  }),
  needs: ({ jobs }) => templateNeeds({ jobs }),
  assume: TEMPLATE_ASSUMPTIONS,
  undoneWithout: TEMPLATE_UNDONE_WITHOUT,
  plan(params, evidence, context) {
    const found = evidence.deployment.data;
    const container = containerOf(found, undefined);
    if ('kind' in container) return container;
    const ports = container.ports.map(({ number }) => number);
    const from = presentValue(found, params.name);
    if (from !== null && typeof from !== 'string') return from;
    const refusal =
      valueGuard(params, ports, context) ??
      unchanged(params, from) ??
      templateGuard(evidence, { lasting: lasting(params), jobs: params.jobs }, context);
    return (
      refusal ?? { kind: 'act', plan: planFor(found, container.name, from, params, lostJobs(evidence.jobs.data, params.jobs), context) }
    );
  },
  undo: ({ params, facts }) => {
    const done = z.object({ variables: z.tuple([z.object({ from: Value.nullable() })]) }).safeParse(facts[0]);
    return done.success ? { ...params, value: done.data.variables[0].from } : undefined;
  },
});

function valueGuard({ name, value }: EnvParams, ports: readonly number[], { undoing, target }: PlanContext): Refused | undefined {
  const kind = kindOfVariable(name, target.application);
  if (kind === undefined)
    return refuse(
      'not-settable',
      `${name} is not one of the variables that may be set: ${some(settableNames(target.application), 10)}.`,
      'Whoever runs the bot can add it to application.settableVariables. Secrets and connection strings do not belong there.',
    );
  if (undoing) return undefined;
  if (value === null)
    return refuse('only-undo', 'A variable is taken away only to take a request back.', 'Press Undo in the message of that request.');
  const fault = faultOf(value, kind, ports);
  return fault === undefined ? undefined : refuse('bad-value', `The value ${value} ${fault}.`, 'Ask again with a value that is right.');
}

const unchanged = ({ name, value }: EnvParams, from: string | null): NothingToDo | undefined =>
  value === from ? { kind: 'nothing-to-do', reason: value === null ? `${name} is not set.` : `${name} is ${value} already.` } : undefined;

/** What the variable is now; null where it is not set. Refuses where that cannot be replaced and put back. */
function presentValue({ name: deployment, variables }: Deployment, name: string): string | null | Refused {
  const alike = variables.filter((one) => one.name.toLowerCase() === name.toLowerCase());
  const [found, ...others] = alike;
  if (found === undefined) return null;
  if (others.length > 0 || found.name !== name)
    return refuse(
      'ambiguous',
      `${deployment} sets ${some(
        alike.map((one) => one.name),
        5,
      )}, which .NET takes for one and the same.`,
      `Ask for ${found.name}, or remove what is too much from the Deployment first.`,
    );
  return found.kind === 'reference' ? fromElsewhere(found) : (found.value ?? hidden(found));
}

const fromElsewhere = ({ name }: EnvironmentVariable) =>
  refuse(
    'reference',
    `The value of ${name} comes from a Secret, a ConfigMap or the pod itself, not from the Deployment.`,
    `Change it there (\`kubectl get deployment -o yaml\` shows where, under valueFrom), then restart the pods.`,
  );

const hidden = ({ name }: EnvironmentVariable) =>
  refuse(
    'not-readable',
    `The present value of ${name} may be a secret, so it can neither be shown nor put back.`,
    'Where it is none, whoever runs the bot adds its name to application.readableVariables.',
  );

const lasting = ({ name, value }: EnvParams) => `the variable ${name}: ${value ?? 'none'}`;

function planFor(
  found: Deployment,
  container: string,
  from: string | null,
  params: EnvParams,
  lost: readonly string[],
  context: PlanContext,
): Draft {
  const { name, value } = params;
  const { namespace } = context.target.kubernetes;
  const summary =
    value === null
      ? `Take the variable ${name} of ${found.name} away (it is ${from}).`
      : `Set the variable ${name} of ${found.name} to ${value} (${from === null ? 'it is not set' : `it is ${from}`}).`;
  return templateDraft(
    found,
    {
      risk: 'R2',
      summary,
      steps: [
        {
          ...{ verb: 'k8s.container_env', namespace, name: found.name, uid: found.uid, container },
          variables: [{ name, from, to: value }],
        },
      ],
      warnings: [],
      temporary: false,
      back: from === null ? `${name} is taken away again` : `Back to ${from}`,
      lasting: lasting(params),
      lost,
    },
    context,
  );
}

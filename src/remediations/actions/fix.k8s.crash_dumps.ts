import { z } from 'zod';
import type { Deployment } from '../../diagnostics/evidence/deployment.ts';
import { some } from '../../diagnostics/rules/phrases.ts';
import { type DumpVolume, dumpVolumeSource, fitsOn } from '../evidence/dump-volume.ts';
import { factSeen, textOf } from '../guards/facts-seen.ts';
import { JOBS_PARAMETER, Jobs, jobsField, lostJobs } from '../guards/live-jobs.ts';
import { firstRefusal, refuse } from '../guards/refusal.ts';
import {
  ContainerName,
  containerOf,
  TEMPLATE_ASSUMPTIONS,
  TEMPLATE_REFUSALS,
  TEMPLATE_UNDONE_WITHOUT,
  TEMPLATE_VERIFICATION,
  templateDraft,
  templateGuard,
  templateNeeds,
} from '../guards/template-change.ts';
import type { Draft, Refused } from '../plan.ts';
import { defineRemediation, type PlanContext } from '../types.ts';

/** The variables that .NET reads (Microsoft Learn, "Collect dumps on crash"); type 2 is a dump with the heap. */
const DUMP_VARIABLES = ['DOTNET_DbgEnableMiniDump', 'DOTNET_DbgMiniDumpType', 'DOTNET_DbgMiniDumpName'] as const;
type DumpVariable = (typeof DUMP_VARIABLES)[number];

const Restored = z.object({ name: z.enum(DUMP_VARIABLES), value: z.string().max(300).nullable() });

interface DumpParams {
  readonly [key: string]: unknown;
  readonly container?: string | undefined;
  /** What the variables are put back to; left out: they are set. */
  readonly restore?: readonly z.output<typeof Restored>[] | undefined;
  readonly jobs: 'keep' | 'override';
}

/** Has .NET write a dump when the process crashes. */
export default defineRemediation({
  id: 'fix.k8s.crash_dumps',
  title: 'Have crashes write a dump',
  risk: 'R2',
  verbs: ['k8s.container_env'],
  manual: {
    about:
      'Sets the variables with which .NET writes a dump of the heap when the process crashes, and so says what filled it. A kill for memory writes none: the kernel gives the process no chance. The rollout ends the pods that leak by now; for those, take a dump of the running process first.',
    example: { container: 'hotswap' },
    parameters: {
      container: 'the container; left out: that of the application',
      restore: 'set by Undo alone: the values to put the variables back to',
      jobs: JOBS_PARAMETER,
    },
    refusals: {
      ...TEMPLATE_REFUSALS,
      'no-volume':
        '`application.dumpFolder` lies on no volume of the container that takes files, so a dump would be lost or not be written',
      'no-room': 'the volume is smaller than the memory of the container, or counts as memory itself',
      'not-readable': 'one of the variables is set in a way that cannot be put back',
      'only-undo': 'variables are put back only to take a request back',
    },
    verification: TEMPLATE_VERIFICATION,
    undo: 'The variables are taken away again, or put back to what they were. Somebody is reminded of it.',
    stop: 'The variables as they were, at once; the pods roll back.',
  },
  params: (): z.ZodType<DumpParams> =>
    z.object({ container: ContainerName.optional(), restore: z.array(Restored).min(1).max(3).optional(), jobs: Jobs }),
  form: ({ target: { kubernetes, application }, params, report }) => ({
    about: `Has .NET write a dump into ${application.dumpFolder} when a process of Deployment ${kubernetes.deployment} crashes. All its pods are replaced, and what leaks in them by now is lost.`,
    closed: null,
    fields: [
      {
        ...{ kind: 'text', name: 'container', label: 'Container', maximum: 63, optional: true },
        hint: 'Left empty: the container of the application.',
        initial: textOf(params.container) ?? textOf(factSeen(report, 'k8s.deployment', 'container')),
      },
      jobsField({ params }),
    ],
  }),
  needs: ({ container, jobs }) => ({ ...templateNeeds({ jobs }), volume: dumpVolumeSource(container) }),
  assume: TEMPLATE_ASSUMPTIONS,
  undoneWithout: TEMPLATE_UNDONE_WITHOUT,
  plan(params, evidence, context) {
    const found = evidence.deployment.data;
    const container = containerOf(found, params.container);
    if ('kind' in container) return container;
    const variables = wantedVariables(found, container.name, params, context);
    if ('kind' in variables) return variables;
    if (variables.length === 0)
      return { kind: 'nothing-to-do', reason: `Container ${container.name} has the variables like that already.` };
    const refusal = firstRefusal(
      params.restore !== undefined && !context.undoing
        ? refuse('only-undo', 'The variables are put back only to take a request back.', 'Press Undo in the message of that request.')
        : undefined,
      context.undoing ? undefined : volumeGuard(evidence.volume.data, container, context),
      templateGuard(evidence, { lasting: lasting(variables), jobs: params.jobs }, context),
    );
    return (
      refusal ?? {
        kind: 'act',
        plan: planFor(found, container.name, variables, evidence.volume.data, lostJobs(evidence.jobs.data, params.jobs), context),
      }
    );
  },
  undo: ({ params, facts }) => {
    const done = z
      .object({ variables: z.array(z.object({ name: z.enum(DUMP_VARIABLES), from: Restored.shape.value })) })
      .safeParse(facts[0]);
    return done.success ? { ...params, restore: done.data.variables.map(({ name, from }) => ({ name, value: from })) } : undefined;
  },
});

interface VariableChange {
  readonly name: DumpVariable;
  readonly from: string | null;
  readonly to: string | null;
}

const valuesFor = (folder: string): Record<DumpVariable, string> => ({
  DOTNET_DbgEnableMiniDump: '1',
  DOTNET_DbgMiniDumpType: '2',
  DOTNET_DbgMiniDumpName: `${folder}/coredump.%p`,
});

/** What differs from what is wanted. */
function wantedVariables(
  { container: application, variables, name: deployment }: Deployment,
  container: string,
  { restore }: DumpParams,
  { target }: PlanContext,
): VariableChange[] | Refused {
  if (container !== application)
    return refuse(
      'no-container',
      `${container} is not the container of the application.`,
      `Its variables are not read. Set kubernetes.container to it first.`,
    );
  const values = valuesFor(target.application.dumpFolder);
  const wanted = restore ?? DUMP_VARIABLES.map((name) => ({ name, value: values[name] }));
  const changes: VariableChange[] = [];
  for (const { name, value } of wanted) {
    const [present, ...others] = variables.filter((one) => one.name === name);
    if (others.length > 0 || (present !== undefined && present.value === null))
      return refuse(
        'not-readable',
        `${deployment} sets ${name} ${others.length > 0 ? 'more than once' : 'from elsewhere, or to what may not be shown'}, so it could not be put back.`,
        'Change it by hand.',
      );
    const from = present?.value ?? null;
    if (from !== value) changes.push({ name, from, to: value });
  }
  return changes;
}

function volumeGuard(
  volume: DumpVolume,
  { name, memoryLimit }: Deployment['containers'][number],
  { target }: PlanContext,
): Refused | undefined {
  const { dumpFolder } = target.application;
  const { mount, medium, sizeLimit } = volume;
  const mend = `Mount an emptyDir of at least the memory of the container at ${dumpFolder}, or name a folder on a volume in application.dumpFolder.`;
  if (mount === null)
    return refuse(
      'no-volume',
      `${dumpFolder} lies on no volume of container ${name}: a dump would end with the container that crashed.`,
      mend,
    );
  if (mount.readOnly || medium === 'none')
    return refuse('no-volume', `${dumpFolder} lies on volume ${mount.volume}, which takes no files.`, mend);
  if (medium === 'memory')
    return refuse(
      'no-room',
      `Volume ${mount.volume} is kept in memory: a dump would count against the limit of the container itself.`,
      mend,
    );
  if (memoryLimit !== null && !fitsOn(volume, memoryLimit))
    return refuse(
      'no-room',
      `Volume ${mount.volume} holds ${sizeLimit}, and a dump may be as large as the ${memoryLimit} of container ${name}.`,
      mend,
    );
  return undefined;
}

const lasting = (variables: readonly VariableChange[]) =>
  some(
    variables.map(({ name, to }) => `${name}: ${to ?? 'none'}`),
    3,
  );

function planFor(
  found: Deployment,
  container: string,
  variables: readonly VariableChange[],
  { dropsCapabilities, sizeLimit, mount }: DumpVolume,
  lost: readonly string[],
  context: PlanContext,
): Draft {
  const { kubernetes, application } = context.target;
  const setting = !context.undoing;
  return templateDraft(
    found,
    {
      risk: 'R2',
      summary: setting
        ? `Have crashes of container ${container} of ${found.name} write a dump into ${application.dumpFolder}.`
        : `Put the dump variables of container ${container} of ${found.name} back.`,
      steps: [
        {
          ...{ verb: 'k8s.container_env', namespace: kubernetes.namespace, name: found.name, uid: found.uid, container },
          variables: variables.map((variable) => ({ ...variable })),
        },
      ],
      warnings: setting
        ? [
            'The rollout ends the pods that leak by now, and with them the evidence: take a dump of one first (`dotnet-gcdump collect`).',
            'A kill for memory (OOMKilled) writes no dump. Only a crash of the process does, such as an OutOfMemoryException.',
            'A dump holds secrets and personal data: it must not go into Slack, nor leave the cluster unencrypted.',
            ...(sizeLimit === null && mount !== null
              ? [`Volume ${mount.volume} has no limit: dumps fill the disk behind it until somebody removes them.`]
              : []),
            ...(dropsCapabilities
              ? ['The container gives up every capability. Dumps often need SYS_PTRACE and may then fail; the log says so.']
              : []),
          ]
        : ['Dumps that were written to the volume of a pod are lost with it: copy them first.'],
      temporary: setting,
      back: 'The variables as they were',
      lasting: lasting(variables),
      lost,
    },
    context,
  );
}

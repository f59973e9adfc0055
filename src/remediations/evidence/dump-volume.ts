import { z } from 'zod';
import { parseAnswer } from '../../diagnostics/evidence/answers.ts';
import { deployment } from '../../diagnostics/evidence/deployment.ts';
import { parseQuantity } from '../../diagnostics/rules/quantity.ts';
import { defineSource } from '../../diagnostics/types.ts';

const Volume = z.looseObject({
  name: z.string(),
  emptyDir: z.object({ medium: z.string().default(''), sizeLimit: z.string().nullish() }).nullish(),
  persistentVolumeClaim: z.unknown().optional(),
  hostPath: z.unknown().optional(),
  ephemeral: z.unknown().optional(),
});
const Container = z.object({
  name: z.string(),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().default(false) })).default([]),
  securityContext: z.object({ capabilities: z.object({ drop: z.array(z.string()).default([]) }).nullish() }).nullish(),
});
const Answer = z.object({
  spec: z.object({
    template: z.object({ spec: z.object({ containers: z.array(Container), volumes: z.array(Volume).default([]) }) }),
  }),
});

export interface DumpVolume {
  /** Where it is mounted, and the volume; null: the folder lies in the image's own layer, which ends with the container. */
  readonly mount: { readonly path: string; readonly volume: string; readonly readOnly: boolean } | null;
  /** `memory` is an emptyDir that counts as memory of the container; `none` takes no files, such as a ConfigMap. */
  readonly medium: 'disk' | 'memory' | 'persistent' | 'none';
  /** Of an emptyDir; null: it has none. */
  readonly sizeLimit: string | null;
  /** The container gives up every capability, and with them the one that dumps are often made with. */
  readonly dropsCapabilities: boolean;
}

/** The volume that the folder of crash dumps lies on, in one container of the pod template. */
export function dumpVolumeSource(container: string | undefined) {
  return defineSource<DumpVolume>({
    id: `fix.dump-volume.${container ?? ''}`,
    title: 'The volume for dumps',
    permission: deployment.permission,
    asked: deployment.asked,
    async collect({ target, clients, signal, require }) {
      const wanted = container ?? (await require(deployment)).data.container;
      const { namespace, deployment: name } = target.kubernetes;
      const answer = parseAnswer(Answer, await clients.kubernetes.deployment(namespace, name, signal), 'The Deployment');
      const { containers, volumes } = answer.spec.template.spec;
      const own = containers.find((one) => one.name === wanted);
      return { data: dumpVolume(own, volumes, target.application.dumpFolder), complete: true };
    },
  });
}

function dumpVolume(own: z.output<typeof Container> | undefined, volumes: readonly z.output<typeof Volume>[], folder: string): DumpVolume {
  const dropsCapabilities = own?.securityContext?.capabilities?.drop.includes('ALL') ?? false;
  const [mount] = (own?.volumeMounts ?? [])
    .filter(({ mountPath }) => folder === mountPath || folder.startsWith(`${mountPath.replace(/\/$/, '')}/`))
    .sort((a, b) => b.mountPath.length - a.mountPath.length);
  const volume = volumes.find(({ name }) => name === mount?.name);
  if (mount === undefined || volume === undefined) return { mount: null, medium: 'none', sizeLimit: null, dropsCapabilities };
  return {
    mount: { path: mount.mountPath, volume: mount.name, readOnly: mount.readOnly },
    medium: mediumOf(volume),
    sizeLimit: volume.emptyDir?.sizeLimit ?? null,
    dropsCapabilities,
  };
}

function mediumOf({ emptyDir, persistentVolumeClaim, hostPath, ephemeral }: z.output<typeof Volume>): DumpVolume['medium'] {
  if (emptyDir) return emptyDir.medium === 'Memory' ? 'memory' : 'disk';
  if (persistentVolumeClaim || ephemeral || hostPath) return 'persistent';
  return 'none';
}

/** Whether an amount of memory fits onto the volume; true where it has no limit of its own. */
export const fitsOn = ({ sizeLimit }: DumpVolume, memory: string): boolean =>
  sizeLimit === null || (parseQuantity(sizeLimit) ?? 0) >= (parseQuantity(memory) ?? 0);

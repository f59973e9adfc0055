import type { ControllerContext } from '../controllers/context.ts';
import type { Machines } from '../machines.ts';
import type { PodRuntime } from '../runtime.ts';
import type { NodeImages, Registries } from './images.ts';

/** What the kubelets work with. */
export interface KubeletContext extends ControllerContext {
  readonly runtime: PodRuntime;
  readonly images: NodeImages;
  readonly registries: Registries;
  readonly machines: Machines;
}

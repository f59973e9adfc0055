import type { Container, ContainerState, Pod } from '../kinds/pod.ts';
import type { KubeletContext } from './context.ts';
import { type PullProblem, pullFailure } from './images.ts';

const FIRST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 300_000;
/** Between a failed attempt and the kubelet's next look at the pod, which finds it backing off. */
const NEXT_LOOK_MS = 1_000;

type Tell = (pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string) => void;
type Waiting = NonNullable<ContainerState['waiting']>;

/** Brings a container's image to its node: ErrImagePull on a failed attempt, ImagePullBackOff between attempts, longer each time. */
export class ImagePull {
  readonly #context: KubeletContext;
  readonly #container: Container;
  readonly #tell: Tell;
  #failed: { readonly text: string; readonly told: boolean } | undefined;
  #waitMs = 0;
  #nextAt = 0;

  constructor(context: KubeletContext, container: Container, tell: Tell) {
    this.#context = context;
    this.#container = container;
    this.#tell = tell;
  }

  /** Undefined: the image is there. Else what the container waits for. */
  step(pod: Pod, now: number): Waiting | undefined {
    if (now < this.#nextAt) return this.#shown();
    const image = this.#container.image ?? '';
    if (this.#failed !== undefined && !this.#failed.told) return this.#backOff(pod, image, now);
    return this.#attempt(pod, image, now);
  }

  #attempt(pod: Pod, image: string, now: number): Waiting | undefined {
    const node = pod.spec.nodeName ?? '';
    const { images, registries } = this.#context;
    if (this.#container.imagePullPolicy !== 'Always' && images.has(node, image)) {
      this.#tell(pod, 'Normal', 'Pulled', `Container image "${image}" already present on machine`);
      return undefined;
    }
    this.#tell(pod, 'Normal', 'Pulling', `Pulling image "${image}"`);
    const problem = registries(image);
    if (problem !== undefined) return this.#fail(pod, image, problem, now);
    images.keep(node, image);
    this.#failed = undefined;
    this.#waitMs = 0;
    this.#tell(
      pod,
      'Normal',
      'Pulled',
      `Successfully pulled image "${image}" in 1.418s (1.418s including waiting). Image size: 93178880 bytes.`,
    );
    return undefined;
  }

  #fail(pod: Pod, image: string, problem: PullProblem, now: number): Waiting {
    const text = pullFailure(image, problem, this.#context.now());
    this.#failed = { text, told: false };
    this.#waitMs = Math.min(LONGEST_WAIT_MS, this.#waitMs === 0 ? FIRST_WAIT_MS : this.#waitMs * 2);
    this.#nextAt = now + NEXT_LOOK_MS / this.#context.timeScale;
    this.#tell(pod, 'Warning', 'Failed', `Failed to pull image "${image}": ${text}`);
    this.#tell(pod, 'Warning', 'Failed', 'Error: ErrImagePull');
    return { reason: 'ErrImagePull', message: text };
  }

  #backOff(pod: Pod, image: string, now: number): Waiting {
    const text = this.#failed?.text ?? '';
    this.#failed = { text, told: true };
    this.#nextAt = now + this.#waitMs / this.#context.timeScale;
    this.#tell(pod, 'Normal', 'BackOff', `Back-off pulling image "${image}"`);
    this.#tell(pod, 'Warning', 'Failed', 'Error: ImagePullBackOff');
    return { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}": ErrImagePull: ${text}` };
  }

  #shown(): Waiting {
    const { text, told } = this.#failed ?? { text: '', told: false };
    if (!told) return { reason: 'ErrImagePull', message: text };
    return { reason: 'ImagePullBackOff', message: `Back-off pulling image "${this.#container.image ?? ''}": ErrImagePull: ${text}` };
  }
}

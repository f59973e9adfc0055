import type { PullProblem } from '../kubernetes/kubelet/images.ts';
import type { Draws } from '../random.ts';
import type { MetricsProfile } from './metrics.ts';

/**
 * How a build of hotswap-api differs from a good one. A defect that incidents need is a trait here, said in what the program
 * does differently; the good build has none. Every trait is optional.
 */
export interface BuildTraits {
  /** What the program calls itself in its log. */
  readonly version?: string;
  /** The endpoint that its appsettings.json pins Kestrel to; a variable of the container overrides it. */
  readonly kestrelUrl?: string;
  /** Share of the requests, 0 to 1, in which its code begins a transaction, looks something up in it, and leaves it at that. */
  readonly forgetsTransactionInShare?: number;
  /** Share of the requests, 0 to 1, in which its code asks for a summary that the database does not finish within the time limit. */
  readonly summarisesInShare?: number;
  /** Pages of the audit trail that its code reads for each request, one statement after the other; each takes some 20 ms. */
  readonly auditPages?: number;
  /** Where its SignalR hub is. */
  readonly hubPath?: string;
  /** Whether its hub lets nobody in without a bearer token in a header, which no browser can send with a WebSocket. */
  readonly hubWantsToken?: true;
  /** Its catalogue of modules, which needs the database context of a request, is made once and lives as long as the process. */
  readonly longLivedCatalog?: boolean;
  /** A column of the deployments that its code reads when it shows one. */
  readonly readsColumn?: string;
  /** Share of the requests, 0 to 1, in which its code throws an exception that nothing handles. */
  readonly throwsInShare?: number;
  /**
   * What becomes of a request for /metrics: the page is not mapped, it wants a token, plain HTTP is sent on to HTTPS (the ingress,
   * which ends TLS, is not), or collecting what is on it takes long.
   */
  readonly metricsPage?: 'unmapped' | 'wants-token' | 'https-only' | 'slow';
  /** Requests for /metrics that its rate limit lets through in a minute; those that it turns away count as well. */
  readonly metricsPerMinute?: number;
  /** The library that names its metrics. */
  readonly instrumentation?: MetricsProfile;
}

const REGISTRY = 'registry.example.com';
const REPOSITORY = `${REGISTRY}/hotswap/hotswap-api`;
/** The build that the world starts with. */
export const CURRENT_IMAGE = `${REPOSITORY}:1.14.2`;

/** What was ever built: images and what their programs do. Tags are versions and tell nothing. */
export class Builds {
  readonly #random: Draws;
  readonly #traits = new Map<string, BuildTraits>();
  readonly #refused = new Map<string, PullProblem>();
  #outage: PullProblem | undefined;

  constructor(random: Draws) {
    this.#random = random;
  }

  /**
   * Makes a build of a later version, and returns its image.
   * @param pull what the registry answers to whoever asks for it; without it, it hands it out
   */
  publish(traits: BuildTraits, { pull }: { readonly pull?: PullProblem } = {}): string {
    const version = `1.${this.#random.whole(15, 19)}.${this.#traits.size + this.#random.whole(0, 6)}`;
    const image = `${REPOSITORY}:${version}`;
    if (this.#traits.has(image)) return this.publish(traits, pull === undefined ? {} : { pull });
    this.#traits.set(image, { version, ...traits });
    if (pull !== undefined) this.#refused.set(image, pull);
    return image;
  }

  /** What the program of an image does; an image that nobody published is a good build. */
  traitsOf(image: string): BuildTraits {
    return this.#traits.get(image) ?? {};
  }

  /** What becomes of every pull from the team's registry from now on; undefined: it works again. */
  setOutage(problem: PullProblem | undefined): void {
    this.#outage = problem;
  }

  /** What a registry answers to a pull; undefined: it hands the image out. Other teams' registries have what they are asked for. */
  answer(image: string): PullProblem | undefined {
    if (!image.startsWith(`${REGISTRY}/`)) return undefined;
    if (this.#outage !== undefined) return this.#outage;
    if (image !== CURRENT_IMAGE && !this.#traits.has(image)) return 'not-found';
    return this.#refused.get(image);
  }
}

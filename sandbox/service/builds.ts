import type { Draws } from '../random.ts';

/**
 * How a build of hotswap-api differs from a good one. A defect that incidents need is a trait here, said in what the program
 * does differently; the good build has none. Every trait is optional.
 */
export interface BuildTraits {
  /** What the program calls itself in its log. */
  readonly version?: string;
}

const REPOSITORY = 'registry.example.com/hotswap/hotswap-api';
/** The build that the world starts with. */
export const CURRENT_IMAGE = `${REPOSITORY}:1.14.2`;

/** What was ever built: images and what their programs do. Tags are versions and tell nothing. */
export class Builds {
  readonly #random: Draws;
  readonly #traits = new Map<string, BuildTraits>();

  constructor(random: Draws) {
    this.#random = random;
  }

  /** Makes a build of a later version, and returns its image. */
  publish(traits: BuildTraits): string {
    const version = `1.${this.#random.whole(15, 19)}.${this.#traits.size + this.#random.whole(0, 6)}`;
    const image = `${REPOSITORY}:${version}`;
    if (this.#traits.has(image)) return this.publish(traits);
    this.#traits.set(image, { version, ...traits });
    return image;
  }

  /** What the program of an image does; an image that nobody published is a good build. */
  traitsOf(image: string): BuildTraits {
    return this.#traits.get(image) ?? {};
  }
}

import { z } from 'zod';
import type { Draws } from '../random.ts';

/** Somebody who uses the service from an address of their own. */
export interface User {
  readonly name: string;
  readonly address: string;
  token: string | undefined;
  signInAt: number;
}

/** Users sign in again after this long. */
export const TOKEN_LIFETIME_MS = 120_000;
const NUMBER = 240;

const Answer = z.object({ token: z.string() });

/** Who uses the service every day. Each has signed in some time ago, or will soon, and then again and again. */
export class Users {
  readonly #random: Draws;
  readonly #users: readonly User[];

  constructor(random: Draws, now: number) {
    this.#random = random;
    this.#users = Array.from({ length: NUMBER }, (_, index) => ({
      name: `user-${index}`,
      address: `198.51.${100 + Math.floor(index / 200)}.${1 + (index % 200)}`,
      token: undefined,
      signInAt: now + random.between(0, TOKEN_LIFETIME_MS),
    }));
  }

  pick(): User {
    return this.#random.pick(this.#users);
  }

  /** Whether the user signs in before they go on. */
  isDue(user: User, now: number): boolean {
    if (now < user.signInAt) return false;
    user.signInAt = now + TOKEN_LIFETIME_MS;
    return true;
  }

  /** Keeps what the service answered to the sign-in; whoever is not let in goes on without a token. */
  signedIn(user: User, body: string): void {
    try {
      user.token = Answer.parse(JSON.parse(body)).token;
    } catch {
      user.token = undefined;
    }
  }
}

import { newId } from './state.ts';

export interface ResponseTarget {
  readonly channel: string;
  readonly user: string;
  /** The message of the button; absent for a command. */
  readonly messageTs?: string;
  readonly threadTs?: string;
}

const maxUses = 5;

/** The addresses that Slack hands out with interactions: five uses within thirty minutes, no token. */
export class ResponseUrls {
  private readonly known = new Map<string, { target: ResponseTarget; at: number; uses: number }>();
  private readonly lifetimeMs: number;

  constructor(lifetimeMs: number) {
    this.lifetimeMs = lifetimeMs;
  }

  /** The path of a new address. */
  create(target: ResponseTarget, now: number): string {
    const id = newId('R').toLowerCase();
    this.known.set(id, { target, at: now, uses: 0 });
    return `/response/${id}`;
  }

  /** Takes one use. Errors: expired_url, used_url. */
  use(id: string, now: number): { target: ResponseTarget } | { error: string } {
    const known = this.known.get(id);
    if (!known || now - known.at > this.lifetimeMs) return { error: 'expired_url' };
    if (known.uses >= maxUses) return { error: 'used_url' };
    known.uses += 1;
    return { target: known.target };
  }
}

import { randomBytes } from 'node:crypto';

/** Trigger ids: each interaction has one, it lives three seconds and opens one view. */
export class Triggers {
  private readonly known = new Map<string, { user: string; at: number; used: boolean }>();
  private readonly lifetimeMs: number;
  private count = 0;

  constructor(lifetimeMs: number) {
    this.lifetimeMs = lifetimeMs;
  }

  create(user: string, now: number): string {
    this.count += 1;
    const id = `${Math.floor(now)}.${this.count}.${randomBytes(16).toString('hex')}`;
    this.known.set(id, { user, at: now, used: false });
    return id;
  }

  /** The person whose interaction it was, or Slack's error code. */
  use(id: string, now: number): { user: string } | { error: string } {
    const trigger = this.known.get(id);
    if (!trigger) return { error: 'invalid_trigger_id' };
    if (trigger.used) return { error: 'exchanged_trigger_id' };
    if (now - trigger.at > this.lifetimeMs) return { error: 'expired_trigger_id' };
    trigger.used = true;
    return { user: trigger.user };
  }
}

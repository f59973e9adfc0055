/** Slack's rate limits: tiers a method a minute, and about one message a second a channel with a short burst (slack-api-java-sdk's table). */

const perMinute: Record<string, number> = {
  'apps.connections.open': 10,
  'chat.update': 50,
  'chat.delete': 50,
  'chat.postEphemeral': 100,
  'conversations.history': 50,
  'conversations.replies': 50,
  'conversations.list': 20,
  'conversations.info': 50,
  'conversations.members': 100,
  'conversations.open': 50,
  'files.getUploadURLExternal': 100,
  'files.completeUploadExternal': 100,
  'files.info': 100,
  'users.info': 100,
  'users.list': 20,
  'users.lookupByEmail': 50,
  'usergroups.list': 20,
  'usergroups.users.list': 20,
  'views.open': 100,
  'views.update': 100,
  'views.push': 100,
  'views.publish': 100,
  'reactions.add': 50,
  'pins.add': 20,
  'pins.remove': 20,
};
const burst = 5;

/** Counts calls; off until it is switched on, because a test that is not about limits should not wait for them. */
export class RateLimits {
  enabled = false;
  private readonly calls = new Map<string, number[]>();
  private readonly buckets = new Map<string, { tokens: number; at: number }>();

  /** Seconds to wait, or undefined where the call may pass. `now` is in milliseconds. */
  check(method: string, channel: string | undefined, now: number): number | undefined {
    if (!this.enabled) return undefined;
    if (method === 'chat.postMessage') return this.takeToken(channel ?? '', now);
    const limit = perMinute[method];
    if (limit === undefined) return undefined;
    const recent = (this.calls.get(method) ?? []).filter((at) => at > now - 60_000);
    this.calls.set(method, recent);
    const oldest = recent[0];
    if (recent.length >= limit && oldest !== undefined) return Math.max(1, Math.ceil((oldest + 60_000 - now) / 1000));
    recent.push(now);
    return undefined;
  }

  private takeToken(channel: string, now: number): number | undefined {
    const bucket = this.buckets.get(channel) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / 1000);
    this.buckets.set(channel, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    return tokens >= 1 ? undefined : 1;
  }
}

import { setInterval as every } from 'node:timers/promises';
import { defineIncident } from '../incident.ts';

const ROWS = 110;
const PUSHED_EVERY_MS = 1_000;

/** Events refer to artifacts since the last release; artifacts that nobody needs are pruned all day. */
export default defineIncident({
  id: 'pruning',
  title: 'Pruning artifacts takes a second and more since the release',
  truth: 'db.fk_without_index',
  topic: 'queries',
  start: async (world, random) => {
    await world.runAsOwner('ALTER TABLE audit_events ADD COLUMN artifact_id bigint REFERENCES module_artifacts (id)');
    const requestsPerSecond = random.between(1.5, 1.6);
    const push = `INSERT INTO module_artifacts (module_name, tenant_id, digest, size_bytes, manifest)
      SELECT 'aa-build', 1 + n % 40, md5(n::text || clock_timestamp()::text), 1024, '{}' FROM generate_series(1, ${Math.ceil(ROWS * 2.2)}) n`;
    await world.runAsOwner(push);
    const pushing = new AbortController();
    const pushed = pushUntil(pushing.signal, () => world.runAsOwner(push));
    const endTraffic = world.addTraffic({ route: 'prune', query: `?rows=${ROWS}`, requestsPerSecond });
    return {
      ready: async () => {
        const p95 = await world.observe.p95Seconds();
        return p95 !== undefined && p95 > 0.5;
      },
      stop: async () => {
        endTraffic();
        pushing.abort();
        await pushed;
        await world.runAsOwner('ALTER TABLE audit_events DROP COLUMN IF EXISTS artifact_id');
        await world.runAsOwner("DELETE FROM module_artifacts WHERE module_name = 'aa-build'");
      },
    };
  },
});

/** Builds push artifacts as fast as others are pruned. */
async function pushUntil(signal: AbortSignal, push: () => Promise<void>): Promise<void> {
  try {
    for await (const _ of every(PUSHED_EVERY_MS, undefined, { signal })) await push();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

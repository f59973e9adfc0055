import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../sandbox/free-port.ts';
import { diagnosis } from '../../src/bundle/collectors/diagnosis.ts';
import { makeBundle } from '../../src/bundle/run.ts';
import { NOBODY_NAMED_ONE, readIncident, UnknownIncident } from '../../src/cli/bundle-incident.ts';
import { openRequests } from '../../src/store/requests.ts';
import { sampleRequest } from '../remediations/approvals/records.ts';
import { bundleOptions } from '../support/bundle-options.ts';
import { addRun } from '../support/fix-world.ts';
import { createStore } from '../support/store.ts';

describe('the incident of a bundle in a terminal', () => {
  it('is the report and the fixes of its thread, as in Slack', async () => {
    const { store, url } = await createStore();
    const { runId, report } = await addRun(store, { pid: 1, backendStart: '2026-11-23T18:00:00.000Z' });
    const fix = sampleRequest({ thread: runId, run: runId });
    await openRequests(store, async () => {}).create(fix, { event: 'requested', actor: fix.requester, details: {} }, new Date());
    const known = await readIncident(runId.slice(0, 8), url);
    expect(known).toMatchObject({
      target: report.target,
      report,
      requests: [fix],
      fixes: [expect.objectContaining({ title: expect.any(String) })],
    });
    expect(known.lacking).toBeUndefined();
  });

  it('is refused where there is none of that name', async () => {
    const { url } = await createStore();
    await expect(readIncident(randomUUID(), url)).rejects.toThrow(UnknownIncident);
    await expect(readIncident('the big one', url)).rejects.toThrow(/no incident "the big one".*by the id in its message/);
  });

  it('is said to be missing where the store does not answer, or nobody named one', async () => {
    const silent = await readIncident('3f2a91c0', `postgres://nobody@127.0.0.1:${await freePort()}/none`);
    for (const [known, reason] of [
      [silent, /3f2a91c0 is not in it: the bot's database \(STORE_DATABASE_URL\) does not answer/],
      [NOBODY_NAMED_ONE, /No incident was named/],
    ] as const) {
      const incident = { ...known, report: async () => known.report };
      const { archive, manifest } = await makeBundle(bundleOptions([diagnosis], { incident }));
      await archive.close();
      expect(manifest.missing).toEqual([
        { what: 'diagnosis/fixes.json', reason: expect.stringMatching(reason), mend: expect.stringMatching(/./) },
      ]);
    }
  });
});

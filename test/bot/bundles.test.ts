import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Manifest } from '../../src/bundle/manifest.ts';
import type { Collector } from '../../src/bundle/types.ts';
import { ReadError } from '../../src/clients/read-errors.ts';
import { changeBundle } from '../../src/slack/bundle-view.ts';
import { searchAudit } from '../../src/store/audit.ts';
import { cancel } from '../../src/store/bundle-changes.ts';
import { findBundle } from '../../src/store/bundles.ts';
import { beat, leave } from '../../src/store/processes.ts';
import { type BundleWorld, bundleWorld } from '../support/bundle-world.ts';
import { unpack } from '../support/unpack.ts';

const collector = (id: string, collect: Collector['collect']): Collector => ({ id, title: `Part ${id}`, collect });
const file = (path: string, content: string): Collector =>
  collector(path, async function* () {
    yield { path, content };
  });

/** Goes on until it is aborted, and says when it has begun. */
function endless(): { readonly part: Collector; readonly begun: Promise<void> } {
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const part = collector('endless', async function* ({ signal }) {
    yield {
      path: 'endless.log',
      content: (async function* () {
        for (;;) {
          begin();
          yield Buffer.from('An ordinary line.\n'.repeat(5_000));
          await new Promise((resolve) => setTimeout(resolve, 20));
          signal.throwIfAborted();
        }
      })(),
    };
  });
  return { part, begun };
}

const messageOf = async ({ store }: BundleWorld, id: string) =>
  (await store.query<{ text: string; blocks: unknown }>('SELECT text, blocks FROM messages WHERE key = $1', [`bundle:${id}`])).rows[0];

describe('a bundle on its way to Slack', () => {
  it('comes into the thread, whole and without secrets, with a message that says what is in it', async () => {
    const world = await bundleWorld();
    const bundle = await world.ask();
    const lacking = collector('forbidden', async function* () {
      yield* [];
      throw new ReadError('forbidden', 'Nodes may not be read.', { mend: 'Grant it.' });
    });
    const noise = Buffer.from(
      Array.from({ length: 3_000_000 }, (_, index) => 32 + ((index * 7_919 + (index >> 5) * 104_729) % 90)),
    ).toString();
    await world.work(bundle, { collectors: [file('a.json', '{"password":"hunter2"}'), file('noise.log', noise), lacking] });
    const done = await world.becomes(bundle, 'done');
    const [uploaded] = await world.slack.control.files();
    expect(uploaded).toMatchObject({ id: done.fileId, name: done.fileName, length: done.sizeBytes, channels: [bundle.channel] });
    const content = await world.slack.control.fileContent(done.fileId ?? '');
    expect(createHash('sha256').update(content).digest('hex')).toBe(done.sha256);
    const files = await unpack(content);
    expect([...files.keys()].sort()).toEqual(['a.json', 'manifest.json', 'noise.log', 'report.html', 'version.yaml']);
    expect(files.get('a.json')?.toString()).not.toContain('hunter2');
    expect(Manifest.parse(JSON.parse(files.get('manifest.json')?.toString() ?? '')).bundle).toBe(bundle.id);
    const root = (await world.slack.control.messages({ channel: bundle.channel })).find(({ threadTs }) => threadTs === undefined);
    const posted = await world.slack.control.waitForMessage(
      { channel: bundle.channel, threadTs: root?.ts ?? '' },
      ({ fileIds }) => fileIds.length === 1,
    );
    expect(posted.text).toContain(done.sha256);
    const message = await messageOf(world, bundle.id);
    expect(JSON.stringify(message?.blocks)).toMatch(/Nodes may not be read.*Grant it\..*secret: once/s);
    expect(done.uploadUrl).toBeNull();
    expect((await searchAudit(world.store, {}, 10)).map(({ event }) => event)).toEqual(['bundle-shared']);
    expect(readdirSync(world.folder)).toEqual([]);
  });

  it.each([
    ['429', { kind: '429', method: 'upload', retryAfter: 1 }],
    ['5xx', { kind: '5xx', method: 'upload' }],
    ['a connection that breaks', { kind: 'drop', method: 'upload' }],
    ['a lost answer', { kind: 'lost-answer', method: 'upload' }],
    ['429 for the address', { kind: '429', method: 'files.getUploadURLExternal' }],
    ['5xx for the address', { kind: '5xx', method: 'files.getUploadURLExternal' }],
    ['429 for where it belongs', { kind: '429', method: 'files.completeUploadExternal' }],
    ['5xx for where it belongs', { kind: '5xx', method: 'files.completeUploadExternal' }],
    ['a lost answer for where it belongs', { kind: 'lost-answer', method: 'files.completeUploadExternal' }],
  ] as const)('is sent again after %s in the middle, and is there once', async (_name, fault) => {
    const world = await bundleWorld();
    const bundle = await world.ask();
    await world.slack.control.setFaults([fault]);
    await world.work(bundle, { collectors: [file('a.log', 'An ordinary line.\n'.repeat(100_000))] });
    await world.becomes(bundle, 'done');
    expect(await world.slack.control.files()).toHaveLength(1);
    const posted = (await world.slack.control.messages({ channel: bundle.channel })).filter(({ fileIds }) => fileIds.length > 0);
    expect(posted).toHaveLength(1);
  });

  it('says so where Slack breaks off again and again, and lets the target have another one', async () => {
    const world = await bundleWorld();
    const bundle = await world.ask();
    await world.slack.control.setFaults([{ kind: 'drop', method: 'upload', count: 5 }]);
    const noPause = () => new Date(Date.now() - 3_600_000);
    await world.work(bundle, { collectors: [file('a.log', 'An ordinary line.\n'.repeat(100_000))], now: noPause });
    const failed = await world.becomes(bundle, 'failed');
    expect(failed.failure).toMatch(/^Sending it to Slack broke off 5 times, lastly because: the connection broke off/);
    expect(JSON.stringify((await messageOf(world, bundle.id))?.blocks)).toContain('bundle:again');
    expect(await world.slack.control.files()).toEqual([]);
    expect(readdirSync(world.folder)).toEqual([]);
    const again = await world.ask();
    await world.work(again, { collectors: [file('a.log', 'a line\n')] });
    await world.becomes(again, 'done');
  });

  it.each([
    ['files.getUploadURLExternal', 'missing_scope', /files:write.*Run again/s],
    ['files.completeUploadExternal', 'not_in_channel', /\/invite @hotswap/],
    ['files.getUploadURLExternal', 'storage_limit_reached', /no room left for files/],
  ])('says what to do where %s answers %s', async (method, error, words) => {
    const world = await bundleWorld();
    const bundle = await world.ask();
    await world.slack.control.setFaults([{ kind: 'error', method, error }]);
    await world.work(bundle, { collectors: [file('a.log', 'a line\n')] });
    expect((await world.becomes(bundle, 'failed')).failure).toMatch(words);
    expect((await messageOf(world, bundle.id))?.text).toMatch(words);
    expect(await world.slack.control.files()).toEqual([]);
  });

  it('does not leave the worker where a second look finds a secret, and names file and rule alone', async () => {
    const world = await bundleWorld();
    const bundle = await world.ask();
    const random = 'dkRY5cjQX4biPW3ahOV2';
    const secret = `SG.${random.slice(0, 10)}.${random}${random}${random.slice(0, 15)}`; // the first rules know where the second dot is
    await world.work(bundle, { collectors: [file('odd.txt', `${secret}\n`)] });
    const ended = await findBundle(world.store, bundle.id);
    expect(ended).toMatchObject({ state: 'blocked', failure: expect.stringMatching(/odd\.txt \(rule .*sendgrid\)/) });
    expect(JSON.stringify([ended, await messageOf(world, bundle.id)])).not.toContain(random.slice(0, 10));
    expect((await world.slack.control.calls()).filter(({ method }) => method.startsWith('files.'))).toEqual([]);
  });

  it('stops where somebody cancels, and leaves nothing', async () => {
    const world = await bundleWorld();
    const bundle = await world.ask();
    const { part, begun } = endless();
    const working = world.work(bundle, { collectors: [part] });
    await begun;
    await changeBundle(world.store, bundle, (current) => cancel(current, 'U1'));
    await working;
    expect(await findBundle(world.store, bundle.id)).toMatchObject({ state: 'cancelled', failure: null });
    expect(await world.slack.control.files()).toEqual([]);
    expect(readdirSync(world.folder)).toEqual([]);
  });

  it('fails with what to do where its worker is stopped, or has died', async () => {
    const world = await bundleWorld();
    const stopping = new AbortController();
    const stopped = await world.ask();
    const first = endless();
    const working = world.work(stopped, { collectors: [first.part], signal: stopping.signal });
    await first.begun;
    stopping.abort(new Error('the worker is stopping'));
    await working;
    expect((await world.becomes(stopped, 'failed')).failure).toMatch(/was stopped.*Run again/);

    const orphan = await world.ask();
    await world.store.query(
      "UPDATE bundles SET state = 'packed', worker = 'dead', lease_until = now() - interval '1 second' WHERE id = $1",
      [orphan.id],
    );
    expect((await world.becomes(orphan, 'failed')).failure).toMatch(/has stopped.*Run again/);
    expect(JSON.stringify((await messageOf(world, orphan.id))?.blocks)).toContain('bundle:again');
  });

  it('fails with what to do where no worker is running, but not while one is', async () => {
    const world = await bundleWorld();
    const bundle = await world.ask();
    await beat(world.store, 'w1', 'worker');
    await world.store.query("UPDATE bundles SET created_at = now() - interval '40 seconds'");
    await new Promise((resolve) => setTimeout(resolve, 2_200)); // a round of the bot
    expect((await findBundle(world.store, bundle.id))?.state).toBe('asked');
    await leave(world.store, 'w1');
    expect((await world.becomes(bundle, 'failed')).failure).toMatch(/No worker is running.*start:worker/);
    await world.work(bundle, { collectors: [] }); // one that comes too late leaves it alone
    expect((await findBundle(world.store, bundle.id))?.state).toBe('failed');
  });

  it('says so where the worker cannot write, and where its disk is full', async () => {
    const world = await bundleWorld();
    const unwritable = await world.ask();
    await world.work(unwritable, { collectors: [file('a.log', 'a line\n')], folder: join(world.folder, 'not-there') });
    expect((await world.becomes(unwritable, 'failed')).failure).toMatch(/cannot write.*ENOENT.*TMPDIR/);
    const full = await world.ask();
    const noRoom = collector('full', async function* () {
      yield* [];
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    });
    await world.work(full, { collectors: [noRoom] });
    expect((await world.becomes(full, 'failed')).failure).toMatch(/disk of the worker is full/);
  });

  it('is taken up by one worker alone', async () => {
    const world = await bundleWorld();
    const bundle = await world.ask();
    let times = 0;
    const counted = collector('counted', async function* () {
      times += 1;
      yield { path: 'a.log', content: 'a line\n' };
    });
    await Promise.all(['w1', 'w2', 'w3'].map((instance) => world.work(bundle, { collectors: [counted], instance })));
    await world.becomes(bundle, 'done');
    expect(times).toBe(1);
  });
});

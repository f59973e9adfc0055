import { type FileHandle, open } from 'node:fs/promises';
import { LogGrouper } from '../../src/diagnostics/rules/log-grouper.ts';

/** Groups one file as the bot groups the log of a pod, and prints how long it took and how much memory at most. */

const CHUNK_BYTES = 2 * 1024 * 1024;
const BYTES_PER_MB = 1_000_000;

const began = performance.now();
const file = await open(process.argv[2] ?? '');
const grouper = new LogGrouper();
const sink = grouper.open({ pod: 'pod', previous: false });
for await (const chunk of chunksOf(file)) sink.push(chunk);
sink.end();
const { errors, groups } = grouper.result();
const seconds = (performance.now() - began) / 1_000;
await file.close();
const peakMb = (process.resourceUsage().maxRSS * 1_024) / BYTES_PER_MB;
process.stdout.write(JSON.stringify({ seconds, found: errors, kinds: groups.filter(({ level }) => level === 'error').length, peakMb }));

/** The next chunk is read while one is looked at, as a log comes in from the network meanwhile. Each is good until the next is asked for. */
async function* chunksOf(of: FileHandle): AsyncGenerator<Uint8Array> {
  let present = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  let coming = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  let reading = of.read(coming);
  for (;;) {
    const { bytesRead } = await reading;
    if (bytesRead === 0) return;
    [present, coming] = [coming, present];
    reading = of.read(coming);
    yield present.subarray(0, bytesRead);
  }
}

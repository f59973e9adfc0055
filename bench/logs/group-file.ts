import { closeSync, openSync, readSync } from 'node:fs';
import { LogGrouper } from '../../src/diagnostics/rules/log-grouper.ts';

/** Groups one file as the bot groups the log of a pod, and prints how long it took and how much memory at most. */

const CHUNK_BYTES = 256 * 1024;
const BYTES_PER_MB = 1_000_000;

const began = performance.now();
const file = openSync(process.argv[2] ?? '', 'r');
const grouper = new LogGrouper();
const sink = grouper.open({ pod: 'pod', previous: false });
const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) sink.push(chunk.subarray(0, read));
sink.end();
const { errors, groups } = grouper.result();
const seconds = (performance.now() - began) / 1_000;
closeSync(file);
const peakMb = (process.resourceUsage().maxRSS * 1_024) / BYTES_PER_MB;
process.stdout.write(JSON.stringify({ seconds, found: errors, kinds: groups.filter(({ level }) => level === 'error').length, peakMb }));

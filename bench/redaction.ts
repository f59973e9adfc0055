import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { draws } from '../sandbox/random.ts';
import { type Rules, rulesOf } from '../src/redaction/find.ts';
import { redact } from '../src/redaction/stream.ts';
import { createTokens } from '../src/redaction/tokens.ts';
import { isLeft } from './redaction/left.ts';
import { ordinaryLines } from './redaction/ordinary-lines.ts';
import { PLACES } from './redaction/places.ts';
import { SECRETS } from './redaction/secrets.ts';
import { OUTPUT_OPTIONS, printFigures, printJson, printTable, runBench } from './result/print.ts';

const usage = `npm run bench:redaction -- [options]

  --rounds N   secrets of each kind in each place (default 5)
  --lines N    ordinary lines without any secret (default 300000)
  --seed N     (default 1)
  --json       print one JSON object last: bench, figures, targets, met
`;

const targets = { recall: 1, linesTouchedPer100k: 1 };
const CHUNK = 64 * 1024;
/** Longest text before a secret, so that some stand across every border that there is. */
const FARTHEST = 300 * 1024;

/** How many planted secrets are taken out wherever they stand, how many ordinary lines are touched, and how fast it is. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      lines: { type: 'string', default: '300000' },
      seed: { type: 'string', default: '1' },
      ...OUTPUT_OPTIONS,
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const rules = rulesOf({ secrets: [], addresses: 'public' });
  const recall = await measureRecall(rules, Number(values.rounds), Number(values.seed));
  const precision = await measurePrecision(rules, Number(values.lines), Number(values.seed));
  report({ ...recall, ...precision }, values.json);
}

interface Place {
  planted: number;
  found: number;
}

async function measureRecall(rules: Rules, rounds: number, seed: number) {
  const random = draws(seed);
  const filler = ordinaryLines(draws(seed + 1), 4_000).join('\n');
  const places = new Map<string, Place>();
  const kinds = new Set<string>();
  for (let round = 0; round < rounds; round++)
    for (const secret of SECRETS)
      for (const place of PLACES) {
        const value = secret.make(random);
        if (!place.fits(secret, value)) continue;
        const count = places.get(place.name) ?? { planted: 0, found: 0 };
        places.set(place.name, count);
        kinds.add(secret.kind);
        count.planted += 1;
        const before = round === 0 ? '' : filler.slice(0, random.whole(0, Math.min(FARTHEST, filler.length)));
        const text = `${before}\n${place.write(secret.name ?? 'value', value)}${round % 2 === 0 ? '\n' : ''}`;
        const output = await redacted(Buffer.from(text, 'utf8'), rules, random.whole(1, CHUNK));
        if (isLeft(output, place.take(value)))
          process.stderr.write(`left: ${secret.kind}, ${place.name}: ${place.write(secret.name ?? 'value', value).slice(0, 200)}\n`);
        else count.found += 1;
      }
  return { places, kinds: kinds.size };
}

async function measurePrecision(rules: Rules, lines: number, seed: number) {
  const all = ordinaryLines(draws(seed + 2), lines);
  const input = Buffer.from(all.join('\n'), 'utf8');
  const began = performance.now();
  const output = (await redacted(input, rules, CHUNK)).split('\n');
  const seconds = (performance.now() - began) / 1_000;
  const touched = all.filter((line, index) => Buffer.from(line, 'utf8').toString('latin1') !== output[index]);
  for (const line of touched.slice(0, 20)) process.stderr.write(`touched: ${line.slice(0, 200)}\n`);
  return { lines, touched: touched.length, mbPerS: input.length / 1e6 / seconds };
}

async function redacted(input: Buffer, rules: Rules, chunk: number): Promise<string> {
  const pieces = Readable.from(chunksOf(input, chunk));
  const parts: string[] = [];
  for await (const part of redact(pieces, rules, createTokens())) parts.push(Buffer.from(part).toString('latin1'));
  return parts.join('');
}

function* chunksOf(input: Buffer, length: number): Generator<Buffer> {
  for (let at = 0; at < input.length; at += length) yield input.subarray(at, at + length);
}

function report(
  { places, kinds, lines, touched, mbPerS }: Awaited<ReturnType<typeof measureRecall>> & Awaited<ReturnType<typeof measurePrecision>>,
  json: boolean,
): void {
  printTable(
    ['place', 'taken out', 'planted'],
    [...places].map(([name, { planted, found }]) => [name, String(found), String(planted)]),
  );
  const all = [...places.values()];
  const planted = all.reduce((sum, place) => sum + place.planted, 0);
  const found = all.reduce((sum, place) => sum + place.found, 0);
  const figures = { recall: found / planted, linesTouchedPer100k: (touched / lines) * 100_000, mbPerS, kinds, places: places.size };
  const met = figures.recall >= targets.recall && figures.linesTouchedPer100k < targets.linesTouchedPer100k;
  printFigures(figures);
  if (json) printJson({ bench: 'redaction', figures, targets, met });
}

runBench(main);

// Reads what a bench prints with --json, and fails where its targets are not met.
import { readFileSync } from 'node:fs';

const text = readFileSync(0, 'utf8');
process.stdout.write(text);
const { bench, met } = JSON.parse(text.trim().split('\n').at(-1));
if (met !== true) {
  console.error(`The bench "${bench}" did not meet its targets.`);
  process.exit(1);
}

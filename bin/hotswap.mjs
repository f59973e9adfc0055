#!/usr/bin/env node
// The terminal twin of /hotswap. Runs the TypeScript sources as they are, with the Node that this project brings when
// the machine's own cannot (22.19 is the oldest that can).
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > 22 || (major === 22 && minor >= 19)) {
  module.enableCompileCache?.(); // most of what a short command does is to read its own sources
  if (process.argv[2] === 'bundle') await import('./lean.mjs');
  await import('../src/cli/main.ts');
} else {
  const own = ownNode();
  if (own === undefined) {
    console.error(`hotswap needs Node 22.19 or newer, and this is ${process.versions.node}. "npm ci" in the project installs one.`);
    process.exit(69);
  }
  const child = spawn(own, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => (signal === null ? process.exit(code ?? 1) : process.kill(process.pid, signal)));
}

function ownNode() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const candidates = [`../node_modules/node/bin/${name}`, `../../node/bin/${name}`];
  return candidates.map((path) => fileURLToPath(new URL(path, import.meta.url))).find(existsSync);
}

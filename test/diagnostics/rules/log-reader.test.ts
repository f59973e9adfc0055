import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

it('is what its sources are compiled to', { timeout: 60_000 }, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'log-reader-'));
  try {
    const made = join(directory, 'made.wasm');
    await run(process.execPath, ['node_modules/assemblyscript/bin/asc.js', '--config', 'assembly/asconfig.json', '--outFile', made]);
    const committed = await readFile('src/diagnostics/rules/log-reader.wasm');
    expect((await readFile(made)).equals(committed), 'npm run assembly').toBe(true);
  } finally {
    await rm(directory, { recursive: true });
  }
});

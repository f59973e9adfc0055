import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PATHS = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = PATHS.find((path) => path !== undefined && existsSync(path));

/** Whether the browser half can run. Says aloud where it cannot; where nothing may be skipped (CI), that is an error. */
export function browserAvailable(what: string): boolean {
  if (executablePath !== undefined) return true;
  const message = `${what} is skipped: Chromium is not installed. Install it (Debian: apt-get install chromium), or name it in CHROMIUM_PATH.`;
  if (process.env.CI === 'true') throw new Error(message);
  console.warn(`\n  SKIPPED: ${message}\n`);
  return false;
}

/** A headless browser that talks to nobody but the page. */
export function launchBrowser(): Promise<Browser> {
  if (executablePath === undefined) throw new Error('Chromium is not installed');
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', ...quiet] });
}

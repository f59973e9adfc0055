import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { findTarget, type NamedTarget, Settings } from './settings.ts';

/** The default target of config/hotswap.yaml as it is in the repository: the example that generated pages are made with. */
export function exampleTarget(): NamedTarget {
  const settings = Settings.parse(parse(readFileSync('config/hotswap.yaml', 'utf8')));
  const target = findTarget(settings, settings.defaultTarget);
  if (target === undefined) throw new Error('config/hotswap.yaml has no default target');
  return target;
}

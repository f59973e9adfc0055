import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { findTarget, type NamedTarget, Settings } from './settings.ts';
import { Target } from './target-settings.ts';

/** The default target of config/hotswap.yaml as it is in the repository: the example that generated pages are made with. */
export function exampleTarget(): NamedTarget {
  const settings = Settings.parse(parse(readFileSync('config/hotswap.yaml', 'utf8')));
  const target = findTarget(settings, settings.defaultTarget);
  if (target === undefined) throw new Error('config/hotswap.yaml has no default target');
  return target;
}

/** A target that says no more than it must: everything else is the default. */
export function plainTarget(): NamedTarget {
  const said = {
    kubernetes: { namespace: 'default', deployment: 'hotswap-api' },
    database: { readUrlFrom: 'PRODUCTION_DATABASE_URL' },
    prometheus: { urlFrom: 'PRODUCTION_PROMETHEUS_URL' },
    vault: { addressFrom: 'PRODUCTION_VAULT_ADDRESS', tokenFrom: 'PRODUCTION_VAULT_TOKEN' },
  };
  return { ...Target.parse(said), name: 'production' };
}

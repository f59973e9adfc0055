import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { bundleRules } from '../../src/bundle/rules.ts';
import { redact } from '../../src/redaction/stream.ts';
import { createTokens } from '../../src/redaction/tokens.ts';
import { bundleOptions } from '../support/bundle-options.ts';

it('is not held by a rule of the configuration that would try for years', async () => {
  const { settings, target } = bundleOptions([]);
  const customSecrets = [
    { name: 'endless', pattern: '(a+)+$' },
    { name: 'badge', pattern: 'BDG-\\d{8}' },
  ];
  const rules = bundleRules({ bundle: { ...settings.bundle, customSecrets } }, target, []);
  const log = async function* () {
    yield Buffer.from(`${'a'.repeat(60)}!\nBDG-12345678 came in\n`);
  };
  expect(await text(redact(log(), rules, createTokens()))).toMatch(/^a{60}!\n\[redacted-badge-\w{8}\] came in\n$/);
});

import { describe, expect, it } from 'vitest';
import { readOptions, UsageError } from '../../sandbox/options.ts';

describe('the options of the sandbox', () => {
  it('have defaults for everything', () => {
    expect(readOptions([])).toMatchObject({ port: 0, 'slack-mode': 'socket', 'no-bot': false, context: 'bot', 'fix-context': 'bot-fix' });
  });

  it('are read by name', () => {
    const options = readOptions([
      '--incident',
      'healthy',
      '--seed',
      '7',
      '--slack-mode',
      'http',
      '--redis',
      'redis://localhost:6379',
      '--no-bot',
    ]);
    expect(options).toMatchObject({ incident: 'healthy', seed: 7, 'slack-mode': 'http', redis: 'redis://localhost:6379', 'no-bot': true });
  });

  it('ask for help', () => {
    expect(readOptions(['--help'])).toBe('help');
  });

  it.each([
    [['--sed', '1'], /--sed/],
    [['--seed', 'x'], /--seed/],
    [['--seed', '-1'], /seed/],
    [['--slack-mode', 'rtm'], /--slack-mode/],
    [['--prometheus', 'localhost:9090'], /--prometheus/],
    [['--database', 'mysql://h/d'], /--database/],
    [['stray'], /stray/],
  ])('refuse %j and name it', (words, name) => {
    expect(() => readOptions(words)).toThrow(UsageError);
    expect(() => readOptions(words)).toThrow(name);
  });
});

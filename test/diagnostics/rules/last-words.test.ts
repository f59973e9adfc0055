import { describe, expect, it } from 'vitest';
import { lastWords } from '../../../src/diagnostics/rules/last-words.ts';
import { parseLog } from '../../../src/diagnostics/rules/log-lines.ts';

const words = (...lines: string[]) => lastWords(parseLog(lines.map((line) => `2026-11-23T11:59:29.1Z ${line}`).join('\n')));

describe('the last words of a log', () => {
  it('are the fatal message, with the innermost exception and the first frame that is not of the framework', () => {
    expect(
      words(
        '[11:59:28 INF] Program: Starting',
        '[11:59:29 ERR] Startup: A retry failed',
        '[11:59:29 FTL] Program: Application terminated unexpectedly',
        'System.InvalidOperationException: outer',
        ' ---> System.IO.FileNotFoundException: Could not find file "/app/settings.json"',
        '   at System.IO.File.Open(String path)',
        '   at HotSwap.Api.Settings.Load(String path) in /src/Settings.cs:line 12',
      ),
    ).toEqual({
      signatures: ['log.config.missing'],
      message: 'Application terminated unexpectedly System.InvalidOperationException: outer',
      exception: 'System.IO.FileNotFoundException',
      frame: 'HotSwap.Api.Settings.Load',
      service: '',
    });
  });

  it('name the hosted service that stopped the host', () => {
    expect(
      words(
        'fail: Microsoft.Extensions.Hosting.Internal.Host[9]',
        '      BackgroundService failed',
        '      System.NullReferenceException: Object reference not set to an instance of an object.',
        '         at HotSwap.Services.Cleanup.SweepAsync() in /src/Cleanup.cs:line 40',
        '         at HotSwap.Services.CleanupService.ExecuteAsync(CancellationToken token) in /src/CleanupService.cs:line 22',
        '         at Microsoft.Extensions.Hosting.Internal.Host.TryExecuteBackgroundServiceAsync(BackgroundService backgroundService)',
        'crit: Microsoft.Extensions.Hosting.Internal.Host[10]',
        '      The HostOptions.BackgroundServiceExceptionBehavior is configured to StopHost. A BackgroundService has thrown an unhandled exception, and the IHost instance is stopping.',
      ),
    ).toMatchObject({
      signatures: ['log.host_stopped'],
      exception: 'System.NullReferenceException',
      frame: 'HotSwap.Services.Cleanup.SweepAsync',
      service: 'CleanupService',
    });
  });

  it('are the last line where nothing is an error, and none where there is none', () => {
    expect(words('Killed by somebody').message).toBe('Killed by somebody');
    expect(lastWords([])).toEqual({ signatures: [], message: '', exception: '', frame: '', service: '' });
  });
});

/**
 * What the exit code of a container's run says, as the end of "it ended with exit code N: …". 128 + N means that signal N
 * ended the process (POSIX); that 0 means a host that stopped itself is the default of .NET 6 and later.
 */
export function exitMeaning(exitCode: number, reason: string): string {
  if (reason === 'OOMKilled') return 'the kernel killed it, because it used more memory than its limit';
  switch (exitCode) {
    case 0:
      return 'the process ended by itself without an error, as a .NET host does that one of its hosted services stopped';
    case 1:
      return 'the process gave up by itself';
    case 126:
    case 127:
      return 'the command of the container cannot be run';
    case 128:
      return 'the container could not be started';
    case 134:
      return 'the process aborted, as .NET does after an exception that nobody handled';
    case 137:
      return 'it was killed, though not for want of memory';
    case 139:
      return 'the process crashed in native code (segmentation fault)';
    case 143:
      return 'it was told to end';
    default:
      return exitCode > 128 ? `signal ${exitCode - 128} ended it` : 'the process gave up by itself';
  }
}

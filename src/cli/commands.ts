/** What a command may need of the process that runs it. */
export interface Terminal {
  readonly version: string;
  /** Aborted where the person presses Ctrl-C. */
  readonly signal: AbortSignal;
  /** Shows how far it is, to a person alone. */
  tell(line: string): void;
}

/** A command beside `diagnose` and `show`. */
interface TerminalCommand {
  readonly name: string;
  readonly purpose: string;
  /** Only then are its sources read: no other command waits for them. */
  load(): Promise<LoadedCommand>;
}

interface LoadedCommand {
  readonly usage: string;
  /** Returns the exit code. */
  run(words: readonly string[], terminal: Terminal): Promise<number>;
}

export const COMMANDS: readonly TerminalCommand[] = [
  {
    name: 'requests',
    purpose: 'fixes that wait for approval, and deciding about them when Slack is down',
    load: async () => {
      const { requestsCommand } = await import('./requests.ts');
      const { REQUESTS_USAGE } = await import('./requests-arguments.ts');
      return { usage: REQUESTS_USAGE, run: requestsCommand };
    },
  },
  {
    name: 'bundle',
    purpose: 'the support bundle as a file',
    load: async () => {
      const { BUNDLE_USAGE, bundleCommand } = await import('./bundle.ts');
      return { usage: BUNDLE_USAGE, run: bundleCommand };
    },
  },
  {
    name: 'policy',
    purpose: 'checks the policy, and says what somebody may do',
    load: async () => {
      const { POLICY_USAGE, policyCommand } = await import('./policy.ts');
      return { usage: POLICY_USAGE, run: policyCommand };
    },
  },
  {
    name: 'audit',
    purpose: 'verifies and exports the audit trail',
    load: async () => {
      const { AUDIT_USAGE, auditCommand } = await import('./audit.ts');
      return { usage: AUDIT_USAGE, run: auditCommand };
    },
  },
];

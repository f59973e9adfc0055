import { AUDIT_USAGE, auditCommand } from './audit.ts';
import { BUNDLE_USAGE, bundleCommand } from './bundle.ts';
import { POLICY_USAGE, policyCommand } from './policy.ts';
import { requestsCommand } from './requests.ts';
import { REQUESTS_USAGE } from './requests-arguments.ts';

/** What a command may need of the process that runs it. */
export interface Terminal {
  readonly version: string;
  /** Aborted where the person presses Ctrl-C. */
  readonly signal: AbortSignal;
}

/** A command beside `diagnose` and `show`. */
interface TerminalCommand {
  readonly name: string;
  readonly purpose: string;
  readonly usage: string;
  /** Returns the exit code. */
  run(words: readonly string[], terminal: Terminal): Promise<number>;
}

export const COMMANDS: readonly TerminalCommand[] = [
  {
    name: 'requests',
    purpose: 'fixes that wait for approval, and deciding about them when Slack is down',
    usage: REQUESTS_USAGE,
    run: (words) => requestsCommand(words),
  },
  {
    name: 'bundle',
    purpose: 'the support bundle as a file',
    usage: BUNDLE_USAGE,
    run: (words, { version, signal }) => bundleCommand(words, version, signal),
  },
  {
    name: 'policy',
    purpose: 'checks the policy, and says what somebody may do',
    usage: POLICY_USAGE,
    run: (words) => policyCommand(words),
  },
  { name: 'audit', purpose: 'verifies and exports the audit trail', usage: AUDIT_USAGE, run: (words) => auditCommand(words) },
];

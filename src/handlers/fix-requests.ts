import { registerBundles } from './bundle.ts';
import { registerCommand } from './command-hotswap.ts';
import { registerEscalation } from './escalate.ts';
import { registerBreakGlass } from './fix-break-glass.ts';
import { openFixContext } from './fix-context.ts';
import { registerDecisions } from './fix-decide.ts';
import { registerOverrides } from './fix-override.ts';
import { registerProposals } from './fix-propose.ts';
import { registerRejections } from './fix-reject.ts';
import { registerSubmission } from './fix-submit.ts';
import { registerLift } from './freeze.ts';
import { registerHandover } from './handover.ts';
import { registerIssues } from './issue.ts';
import type { RegisterHandler } from './types.ts';

/** What works with requests for fixes: the command, and everything from the button of an offer to Undo. */
export const registerFixes: RegisterHandler = (app, context) => {
  const fixes = openFixContext(app, context);
  registerCommand(app, fixes);
  registerProposals(app, fixes);
  registerSubmission(app, fixes);
  registerDecisions(app, fixes);
  registerRejections(app, fixes);
  registerOverrides(app, fixes);
  registerBreakGlass(app, fixes);
  registerLift(app, fixes);
  registerBundles(app, fixes);
  registerEscalation(app, fixes);
  registerIssues(app, fixes);
  registerHandover(app, fixes);
};

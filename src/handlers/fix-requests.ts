import { openFixContext } from './fix-context.ts';
import { registerDecisions } from './fix-decide.ts';
import { registerProposals } from './fix-propose.ts';
import { registerSubmission } from './fix-submit.ts';
import type { RegisterHandler } from './types.ts';

/** Everything about fixes: from the button of an offer to Undo. */
export const registerFixes: RegisterHandler = (app, context) => {
  const fixes = openFixContext(app, context);
  registerProposals(app, fixes);
  registerSubmission(app, fixes);
  registerDecisions(app, fixes);
};

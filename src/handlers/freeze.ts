import type { App } from '@slack/bolt';
import { mention } from '../remediations/approvals/mention.ts';
import { asWhom, resolve, type Standing } from '../remediations/approvals/rule.ts';
import { drawBanners } from '../slack/freeze-view.ts';
import type { Facts } from '../slack/people.ts';
import { actionPattern } from '../slack/render/actions.ts';
import { LIFT } from '../slack/render/freeze.ts';
import { escapeShort } from '../slack/render/text.ts';
import { appendAudit } from '../store/audit.ts';
import { beginFreeze, type Freeze, liftFreeze } from '../store/freezes.ts';
import { type Queryable, transaction } from '../store/pool.ts';
import { answerKnown } from './answer-known.ts';
import type { FixContext } from './fix-context.ts';
import { checkSomebody, standingFrom, standingOf } from './fix-standing.ts';
import { onPress } from './listen.ts';
import { Refusal } from './refusal.ts';
import type { Verb } from './verb.ts';

const LONGEST_REASON = 300;

/** Stops every fix at its next step, at once. Any full member of the channel may: it only ever keeps things as they are. */
export const freezeVerb: Verb = {
  name: 'freeze',
  usage: '/hotswap freeze [reason]',
  purpose: 'stop every fix at its next step, at once, until an approver lifts it',
  answer: (words, asked, context) =>
    answerKnown(asked, context, (facts) => freeze(words.join(' ').slice(0, LONGEST_REASON), facts, context)),
};

/** Lets fixes run again. */
export const unfreezeVerb: Verb = {
  name: 'unfreeze',
  usage: '/hotswap unfreeze',
  purpose: 'let fixes run again (approvers)',
  answer: (_words, asked, context) =>
    answerKnown(asked, context, async (facts) => {
      const lifted = await lift(standingFrom(facts, context), null, context);
      return lifted === null ? 'Nothing is frozen.' : 'Lifted. Approved fixes that have not expired are planned again and then run.';
    }),
};

/** The button of the banner. */
export function registerLift(app: App, context: FixContext): void {
  onPress(app, actionPattern(LIFT), context, async ({ user, channel, value, tell }) => {
    if (!/^[0-9a-f-]{36}$/.test(value)) throw new Refusal('This button is too old. `/hotswap unfreeze` lifts a freeze.');
    const standing = await standingOf(context, user, channel ?? '');
    if ((await lift(standing, value, context)) === null) await tell('This freeze does not stand any more.');
  });
}

async function freeze(reason: string, facts: Facts, context: FixContext): Promise<string> {
  checkSomebody(facts);
  const { user } = facts;
  const at = context.now();
  const { freeze: standing, begun } = await transaction(context.store, async (db) => {
    const result = await beginFreeze(db, { id: context.newId(), reason, by: user, at });
    if (!result.begun) return result;
    await note(db, 'frozen', user, result.freeze, at);
    await drawBanners(db, result.freeze, channelsOf(context));
    return result;
  });
  await redrawOpen(context);
  if (!begun)
    return `<@${standing.by}> has frozen everything already${standing.reason === '' ? '' : `: ${escapeShort(standing.reason, LONGEST_REASON)}`}.`;
  return 'Frozen: no step of any fix is begun from now on. The banner in the channel says so; an approver lifts it with `/hotswap unfreeze`.';
}

/** Lifts the freeze that stands, or that one. Null where it does not stand. @throws Refusal for anybody who may not. */
async function lift(standing: Standing, id: string | null, context: FixContext): Promise<Freeze | null> {
  const { user } = standing;
  mustBeApprover(standing, context);
  const at = context.now();
  const lifted = await transaction(context.store, async (db) => {
    const result = await liftFreeze(db, user, at, id);
    if (result === null) return null;
    await note(db, 'unfrozen', user, result, at);
    await drawBanners(db, result, channelsOf(context));
    return result;
  });
  if (lifted !== null) await redrawOpen(context);
  return lifted;
}

function mustBeApprover({ principals, known }: Standing, context: FixContext): void {
  const { approve } = context.policy.current().defaults;
  if (asWhom(approve, principals, false) !== undefined) return;
  if (!known) throw new Refusal('Slack has not said yet who may lift it. Nothing was changed; try again in a moment.');
  throw new Refusal(`Only ${mention(resolve(context.policy.current(), approve))} may lift a freeze. Nothing was changed.`);
}

function note(db: Queryable, event: string, actor: string, { id, reason }: Freeze, at: Date): Promise<void> {
  return appendAudit(db, { at, event, actor, requestId: null, target: null, fingerprint: null, details: { freeze: id, reason } });
}

const channelsOf = ({ settings }: FixContext): string[] => settings.slack.channels.map(({ id }) => id);

/** The messages of open requests say that everything stands still, or that it goes on. What fails here is drawn by the redraw loop. */
async function redrawOpen({ requests, log }: FixContext): Promise<void> {
  try {
    for (const id of await requests.listOpen()) await requests.redraw(id);
  } catch (error) {
    log.warn({ err: error }, 'the messages of open requests could not be drawn again yet');
  }
}

import type { NamedTarget } from '../config/settings.ts';
import type { Remediation } from '../remediations/types.ts';
import type { Facts } from '../slack/people.ts';
import { takeUpInteraction } from '../store/interactions.ts';
import { answerKnown } from './answer-known.ts';
import { vocabularyFor } from './diagnose.ts';
import { type FixCommand, parseFixCommand } from './fix-command.ts';
import { type FixContext, wakeExecutor } from './fix-context.ts';
import { requestRule, targetOf } from './fix-form.ts';
import { exampleOf, listText, takesText } from './fix-list.ts';
import { blankRecord, missingExecutor } from './fix-record.ts';
import { checkSomebody, checkWish } from './fix-standing.ts';
import { readTyped } from './fix-typed.ts';
import { Refusal } from './refusal.ts';
import type { Asked } from './types.ts';
import type { Verb } from './verb.ts';

/** `/hotswap fix …`: asks for a fix that no diagnosis offered, in a thread of its own; alone, it lists what the person may ask for. */
export const fixVerb: Verb = {
  name: 'fix',
  usage: '/hotswap fix [<fix> [name=value …] [target] [reason="…"]]',
  purpose: 'ask for a fix without a diagnosis; alone, list what you may ask for',
  answer: (words, asked, context) => answerKnown(asked, context, (facts) => answer(words, asked, facts, context)),
};

const DRY_RUN = '*Dry run:* this bot carries nothing out.';

async function answer(words: readonly string[], asked: Asked, facts: Facts, context: FixContext): Promise<string> {
  checkSomebody(facts);
  const remediations = await context.definitions();
  const { targets, defaultTarget } = vocabularyFor(asked.channel, context);
  const command = parseFixCommand(words, { remediations, targets, defaultTarget });
  if (command.kind === 'wrong') return command.meant === null ? command.problem : `${command.problem}\nDid you mean \`${command.meant}\`?`;
  if (command.kind === 'unclear') return unclearText(command, targetOf(defaultTarget, context));
  const target = targetOf(command.target, context);
  if (command.kind === 'propose') return propose(command, target, asked, facts, context);
  const list = listText({
    remediations: [...remediations.values()],
    target,
    principals: facts.principals,
    policy: context.policy.current(),
  });
  return context.dryRun === true ? `${list}\n${DRY_RUN}` : list;
}

function unclearText({ problem, remediation }: Extract<FixCommand, { kind: 'unclear' }>, target: NamedTarget): string {
  return ['Nothing was asked for yet.', problem, `For example: \`${exampleOf(remediation, target)}\``].join('\n');
}

async function propose(
  command: Extract<FixCommand, { kind: 'propose' }>,
  target: NamedTarget,
  asked: Asked,
  facts: Facts,
  context: FixContext,
): Promise<string> {
  const { remediation, typed, reason } = command;
  const { channel, user } = asked;
  const requesterPrincipals = checkWish({ remediation, target: target.name, channel }, facts, context);
  const read = readTyped(remediation, typed, target);
  if (read.kind === 'wrong') return notProposed(remediation, target, typed.size === 0 ? [] : problemsOf(read));
  const { id, title } = remediation;
  const rule = requestRule(remediation, target.name, context);
  if (rule.reasonRequired && reason === '')
    throw new Refusal(`The policy (rule "${rule.name}") wants a reason for this: add \`reason="…"\`. Nothing was asked for yet.`);
  if (!(await takeUpInteraction(context.store, `command ${asked.triggerId}`))) return 'You have asked for this already.';
  const record = {
    ...blankRecord(context.newId(), context.now()),
    ...{ remediation: id, title, target: target.name, params: read.params, reason },
    ...{ requester: user, requesterPrincipals: [...requesterPrincipals], channel, thread: context.newId(), run: null, cause: null },
  };
  const audit = { event: 'requested', actor: user, details: { params: read.params, reason, via: 'command' } };
  await context.requests.open(record, audit, context.now());
  await wakeExecutor(record.id, 'plan', context);
  const notice = await missingExecutor(context);
  const rehearsed = context.dryRun === true ? DRY_RUN : null;
  return [`“${title}” on ${target.name}: the plan comes in a thread of its own, where others approve it.`, rehearsed, notice]
    .filter((part) => part !== null)
    .join(' ');
}

function problemsOf({ problems, missing }: { readonly problems: readonly string[]; readonly missing: readonly string[] }): string[] {
  return [...problems, ...missing.map((name) => `\`${name}\` is missing.`)];
}

function notProposed(remediation: Remediation, target: NamedTarget, problems: readonly string[]): string {
  const heading = `*${remediation.title}* \`${remediation.id}\` takes:`;
  const told = problems.length === 0 ? [] : ['Nothing was asked for yet.', ...problems];
  return [...told, heading, takesText(remediation, target)].join('\n');
}

import { approvalsOf, breakGlassOf } from '../../remediations/approvals/quorum.ts';
import type { RequestRecord } from '../../remediations/approvals/record.ts';
import type { Rule } from '../../remediations/approvals/rule.ts';
import type { Anchor } from '../../store/anchors.ts';
import type { AuditRow } from '../../store/audit.ts';
import { section } from './blocks.ts';
import type { RenderedMessage } from './report.ts';
import { stateOf } from './request.ts';
import { escapeShort, escapeText, slackTime } from './text.ts';

const LONGEST_DETAIL = 220;

/** The head of the trail, once a day. */
export function renderAnchor({ day, sequence, hash }: Anchor): RenderedMessage {
  const text = `Audit trail on ${day}: ${sequence === 1 ? '1 entry' : `${sequence} entries`} so far, head \`${hash}\`.`;
  return { text, blocks: [section(`${text}\nTo check that nothing before it was changed: \`npx hotswap audit verify --anchor ${hash}\``)] };
}

/** One line of the trail (mrkdwn). */
export function auditLine({ at, event, actor, target, request_id, details }: AuditRow): string {
  const who = /^[UW][A-Z0-9]+$/.test(actor) ? `<@${actor}>` : escapeText(actor);
  const what = typeof details.remediation === 'string' ? ` \`${escapeShort(details.remediation, 60)}\`` : '';
  const where = target === null ? '' : ` on ${escapeShort(target, 60)}`;
  const request = request_id === null ? '' : ` (\`${request_id.slice(0, 8)}\`)`;
  const way = details.via === 'signature' ? ' by a signature in a terminal' : '';
  const detail = detailOf(event, details);
  return `• ${slackTime(new Date(at))} *${escapeText(event)}* by ${who}${way}${what}${where}${request}${detail === '' ? '' : `: ${escapeShort(detail, LONGEST_DETAIL)}`}`;
}

/** What a reader wants of the details first. */
function detailOf(event: string, details: AuditRow['details']): string {
  if (event === 'forgotten') return forgottenText(details);
  for (const name of ['outcome', 'summary', 'reason', 'why', 'difference', 'hash', 'file']) {
    const value = details[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return '';
}

/** What retention removed, and how much of each. */
function forgottenText(details: AuditRow['details']): string {
  const counts = ['runs', 'messages', 'requests', 'threads', 'audit'].flatMap((name) => {
    const count = details[name];
    return typeof count === 'number' && count > 0 ? [`${count} ${name === 'audit' ? 'entries of this trail' : name}`] : [];
  });
  return counts.join(', ');
}

/** One request: who asked, who approved, what ran, what came of it (mrkdwn). */
export function historyLine(record: RequestRecord): string {
  const { id, title, target, requester, plan, rule, execution, outcome, createdAt } = record;
  const parts = [
    `asked for by <@${requester}>`,
    rule === null ? 'approved by nobody' : approvedBy(record, rule),
    ...(execution === null ? ['nothing ran'] : [`ran: ${clause(plan?.summary ?? '')}`]),
    ...(outcome === null ? [] : [`came of it: ${clause(outcome)}`]),
  ];
  const name = `${record.undoes === null ? '' : 'Undo: '}${escapeShort(title, 100)}`;
  return `• ${slackTime(new Date(createdAt))} *${name}* on ${escapeShort(target, 60)}: *${stateOf(record)}*; ${parts.join('; ')} (\`${id.slice(0, 8)}\`)`;
}

function approvedBy(record: RequestRecord, rule: Rule): string {
  const alone = breakGlassOf(record, rule);
  if (alone !== undefined) return `approved by <@${alone.by}> alone (break-glass)`;
  const approvers = [...approvalsOf(record, rule)].map((user) => `<@${user}>`);
  return `approved by ${approvers.length === 0 ? 'nobody' : approvers.join(', ')}`;
}

/** A sentence as a part of a longer one: without its full stop. */
function clause(sentence: string): string {
  return escapeShort(sentence.replace(/\.$/, ''), LONGEST_DETAIL);
}

import type { Principal } from './rule.ts';

/** People as Slack shows them (mrkdwn): "@chloe, @hotswap-approvers or members of the channel". */
export function mention(principals: readonly Principal[]): string {
  const names = principals.map(nameOf);
  const last = names.at(-1);
  if (last === undefined) return 'nobody';
  return names.length === 1 ? last : `${names.slice(0, -1).join(', ')} or ${last}`;
}

function nameOf(principal: Principal): string {
  if (principal === 'members') return 'members of the channel';
  if (principal === 'requester') return 'the requester';
  const [kind, id] = principal.split(':');
  if (kind === 'user') return `<@${id}>`;
  return kind === 'group' ? `<!subteam^${id}>` : `the role ${id}`;
}

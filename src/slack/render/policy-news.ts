import type { KnownBlock } from '@slack/types';
import type { PolicyNews } from '../../remediations/approvals/policy-file.ts';
import { header, list, section } from './blocks.ts';
import { escapeShort } from './text.ts';

const MOST = 5;

/** What the channel hears of a policy file that was refused, and of its mending. */
export function renderPolicyNews(news: PolicyNews): { readonly text: string; readonly blocks: readonly KnownBlock[] } {
  if (news.kind === 'taken-up') {
    const text = 'The approval policy can be used again, and the new one holds from now on.';
    return { text, blocks: [section(text)] };
  }
  const text = 'The approval policy was changed and cannot be used. The one before it still holds.';
  const problems = news.problems.slice(0, MOST).map((problem) => escapeShort(problem, 500));
  if (news.problems.length > MOST) problems.push(`${news.problems.length - MOST} more`);
  return {
    text,
    blocks: [
      header('Approval policy refused'),
      section(text),
      ...list('*What is wrong*', problems),
      section('`npx hotswap policy check` shows the same. Mend the file; it is taken up within seconds, without a restart.'),
    ],
  };
}

import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import type { BundledFile } from '../../store/bundles.ts';
import type { ThreadIssue } from '../../store/issues.ts';
import { button } from './actions.ts';
import { context, section } from './blocks.ts';
import { filesInPieces } from './bundle-files.ts';
import { formModal } from './form.ts';
import { HELP } from './help-actions.ts';
import type { IssueText } from './issue-text.ts';
import type { RenderedMessage } from './report.ts';
import { escapeShort, escapeUrl, slackTime } from './text.ts';

const LONGEST_TITLE = 250;
const LONGEST_INPUT = 3_000;

interface Shown {
  readonly repository: string;
  readonly visibility: ThreadIssue['visibility'];
  /** Whether values, hosts, pods and the target are in it. */
  readonly details: boolean;
  readonly labels: readonly string[];
  /** Files of the bundle, which are added below the text. */
  readonly files: readonly BundledFile[];
}

const READERS: Readonly<Record<ThreadIssue['visibility'], string>> = {
  public: '*Everybody on the internet can read it.*',
  internal: 'Everybody in the enterprise can read it.',
  private: 'Only those who may see the repository can read it.',
};

/** Title and body as they will be sent; both can be changed. */
export function issueModal({ title, body }: IssueText, shown: Shown, metadata: string): ModalView {
  const { repository, visibility, details, labels, files } = shown;
  const left = details ? '' : ' Names of targets, hosts, pods and people, and every value that was seen, are left out.';
  const labelled = labels.length === 0 ? '' : ` Labels: ${labels.map((label) => `\`${escapeShort(label, 50)}\``).join(', ')}.`;
  return formModal({
    callback: HELP.opening,
    title: 'Open GitHub issue',
    submit: 'Open the issue',
    metadata: metadata,
    blocks: [
      section(`The repository *${escapeShort(repository, 140)}* is ${visibility}. ${READERS[visibility]}${left}${labelled}`),
      input('title', 'Title', { multiline: false, max_length: LONGEST_TITLE, initial_value: title }, false),
      ...body.map((piece, index) =>
        input(`body-${index}`, bodyLabel(index, body.length), { multiline: true, max_length: LONGEST_INPUT, initial_value: piece }, true),
      ),
      ...addedFiles(files),
      context('Secrets and mail addresses are taken out once more. A hidden line with the incident’s id is added. No file is attached.'),
    ],
  });
}

function addedFiles(files: readonly BundledFile[]): KnownBlock[] {
  if (files.length === 0) return [];
  const pieces = filesInPieces(files).map((piece) => section(`\`\`\`${piece}\`\`\``));
  return [section(`*Added below the text, folded away:* the SHA-256 of the ${files.length} files of the support bundle.`), ...pieces];
}

const bodyLabel = (index: number, count: number): string =>
  count === 1 ? 'Text (Markdown)' : `Text (Markdown), part ${index + 1} of ${count}`;

function input(
  name: string,
  label: string,
  element: { readonly multiline: boolean; readonly max_length: number; readonly initial_value: string },
  optional: boolean,
): InputBlock {
  return {
    ...{ type: 'input', block_id: name, optional, label: { type: 'plain_text', text: label } },
    element: { type: 'plain_text_input', action_id: 'value', ...element },
  };
}

/** The issue of a thread, as its message shows it. */
export function renderIssue(issue: ThreadIssue): RenderedMessage {
  const { repository, visibility, askedBy, askedAt, opened, state, failure, threadId } = issue;
  const where = `${escapeShort(repository, 140)} (${visibility})`;
  const by = context(`Asked for by <@${askedBy}> ${slackTime(askedAt)}. Incident \`${threadId.slice(0, 8)}\`.`);
  if (opened !== null) {
    const text = `GitHub issue <${escapeUrl(opened.url)}|#${opened.number}> in ${where}: ${escapeShort(issue.title, 300)}`;
    return { text, blocks: [section(text), by] };
  }
  if (state === 'failed') {
    const text = `The GitHub issue could not be opened in ${where}. ${escapeShort(failure ?? '', 600)}`;
    const again = button('Open GitHub issue…', { id: HELP.issue, value: threadId, label: 'Try again to open a GitHub issue' });
    return { text, blocks: [section(text), by, { type: 'actions', elements: [again] }] };
  }
  const trouble = failure === null ? '' : ` ${escapeShort(failure, 300)} It is tried further.`;
  const text = `Opening a GitHub issue in ${where}: ${escapeShort(issue.title, 300)}.${trouble}`;
  return { text, blocks: [section(text), by] };
}

import { isNode, LineCounter, parseDocument } from 'yaml';
import { writtenComplaints } from '../../config/complaints.ts';
import { Policy } from './policy.ts';

/** A policy as it was written: what it says, and where. */
export type PolicyText =
  | { readonly ok: true; readonly policy: Policy; lineOf(path: readonly PropertyKey[]): number | undefined }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reads the text of a policy file. Each problem names the file, the line and the field. A file of comments alone is the policy
 * without a file.
 */
export function parsePolicy(text: string, name: string): PolicyText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [mistake] = document.errors;
  if (mistake !== undefined) return { ok: false, problems: [`${name}:${lines.linePos(mistake.pos[0]).line}: ${mistake.message}`] };
  const lineOf = (path: readonly PropertyKey[]): number | undefined => {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range != null) return lines.linePos(node.range[0]).line;
    }
    return undefined;
  };
  const parsed = Policy.safeParse(document.toJS() ?? {}, { error: writtenComplaints });
  if (parsed.success) return { ok: true, policy: parsed.data, lineOf };
  return {
    ok: false,
    problems: parsed.error.issues.map(
      ({ path, message }) => `${name}:${lineOf(path) ?? 1}: ${path.map(String).join('.') || 'the file'}: ${message}`,
    ),
  };
}

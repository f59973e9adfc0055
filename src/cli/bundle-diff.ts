import { compare } from '../bundle/diff/compare.ts';
import { factsOf } from '../bundle/diff/facts.ts';
import { openBundle, UnreadableBundle } from '../bundle/diff/open.ts';
import { BAD_USAGE } from './exit-code.ts';

export const BUNDLE_DIFF_USAGE = 'Usage: npx hotswap bundle diff FILE FILE\n  what changed from the first support bundle to the second';

/** `npx hotswap bundle diff A B`. Returns the exit code: 0 also where they differ, 1 where a file cannot be compared. */
export async function bundleDiffCommand(words: readonly string[]): Promise<number> {
  const [first, second, ...more] = words;
  if (first === undefined || second === undefined || more.length > 0) {
    process.stderr.write(`${BUNDLE_DIFF_USAGE}\n`);
    return BAD_USAGE;
  }
  try {
    const [before, after] = await Promise.all([openBundle(first), openBundle(second)]);
    const head = [before, after].map(({ manifest }) => `${manifest.target} at ${manifest.createdAt}`).join(' → ');
    const differences = compare(factsOf(before), factsOf(after)).map(({ subject, lines, more: left }) =>
      [`${subject}:`, ...lines.map((line) => `  ${line}`), ...(left > 0 ? [`  … and ${left} more`] : [])].join('\n'),
    );
    process.stdout.write(
      `${[head, ...(differences.length === 0 ? ['Nothing that is compared is different.'] : differences)].join('\n')}\n`,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof UnreadableBundle)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

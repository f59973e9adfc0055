import { compare } from '../bundle/diff/compare.ts';
import { factsOf } from '../bundle/diff/facts.ts';
import { openBundle, UnreadableBundle } from '../bundle/diff/open.ts';
import { tables } from '../bundle/diff/table.ts';
import { BAD_USAGE } from './exit-code.ts';

export const BUNDLE_DIFF_USAGE =
  'Usage: npx hotswap bundle diff FILE FILE\n  what changed from the first support bundle to the second: + is new, - is gone, ~ is different';

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
    process.stdout.write(`${head}\n\n${tables(compare(factsOf(before), factsOf(after)))}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof UnreadableBundle)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

import { startsWith } from './bytes';

/** Informational messages count only where they begin so: few of them tell anything, and there are many. */
const INFORMATIVE: StaticArray<string> = [
  'Approval Timeout',
  'Claimed ',
  'Deployment Job',
  'Deployment job',
  'Failed to validate the token',
  'JWT ',
  'Rotated secret',
  'Rotating secret',
  'Signing key',
  'Successfully rotated',
  'Will check for expired approvals',
];

/** By the first two letters, which decide for nearly all. */
const BY_FIRST = memory.data(65_536);
for (let index = 0; index < INFORMATIVE.length; index++) {
  const text = INFORMATIVE[index];
  store<u8>(BY_FIRST + text.charCodeAt(0) + (text.charCodeAt(1) << 8), 1);
}

/** Whether it is worth looking at more than the first two letters. */
export function mayBeInformative(start: usize): bool {
  return load<u8>(BY_FIRST + load<u16>(start)) !== 0;
}

export function isInformative(start: usize, end: usize): bool {
  if (!mayBeInformative(start)) return false;
  for (let index = 0; index < INFORMATIVE.length; index++) if (startsWith(start, end, INFORMATIVE[index])) return true;
  return false;
}

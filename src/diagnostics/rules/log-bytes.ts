/** Whether the bytes from `start`, and not beyond `end`, begin with that text. */
export function startsWith(bytes: Buffer, start: number, end: number, text: Buffer): boolean {
  if (end - start < text.length) return false;
  for (let offset = 0; offset < text.length; offset++) if (bytes[start + offset] !== text[offset]) return false;
  return true;
}

/** A secret is out where no piece of it is left that helps to guess it. */
export function isLeft(output: string, spelled: string): boolean {
  if (spelled.startsWith('-----'))
    return (
      spelled
        .slice(40)
        .match(/[A-Za-z0-9+/]{40}/g)
        ?.some((piece) => output.includes(piece)) === true
    );
  const half = Math.ceil(spelled.length / 2);
  const tail = /^[a-z]+:|^https?:/.test(spelled) ? (/:([^:@]+)@/.exec(spelled)?.[1] ?? spelled.slice(-20)) : spelled;
  return output.includes(tail) || (spelled.length >= 12 && tail === spelled && output.includes(spelled.slice(half)));
}

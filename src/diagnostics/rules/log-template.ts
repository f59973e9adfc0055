/**
 * What varies from one message to the next is taken out, so that the same message is one message: ids, addresses, numbers
 * and quoted text. A five-digit number before a colon stays: PostgreSQL's error codes look like that, and tell errors apart.
 */

const GUID = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
const ADDRESS = '\\d{1,3}(?:\\.\\d{1,3}){3}(?::\\d+)?';
const VARIABLE = new RegExp(
  `(?<![A-Za-z0-9_])(?:(${GUID})(?![A-Za-z0-9_])|(${ADDRESS})(?![A-Za-z0-9_])|(\\d{5}(?=: ))|(\\d+(?:\\.\\d+)?)(?![A-Za-z0-9_])|("[^"]*"|'[^']*'))`,
  'g',
);

/** The message as people read it, with placeholders. */
export function withoutVariables(message: string): string {
  return message.replace(VARIABLE, (whole, id?: string, address?: string, code?: string, number?: string) => {
    if (id !== undefined) return '<id>';
    if (address !== undefined) return '<address>';
    if (code !== undefined) return whole;
    return number === undefined ? '<text>' : '<n>';
  });
}

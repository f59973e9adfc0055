/** Pieces of HTML. What comes from elsewhere goes through `escaped`. */

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export const code = (text: string): string => `<code>${escaped(text)}</code>`;

/** A section with its heading; empty where it holds nothing. */
export const section = (title: string, html: string): string => (html === '' ? '' : `<section><h2>${escaped(title)}</h2>${html}</section>`);

/** Items of HTML; empty where there are none. */
export const bullets = (items: readonly string[]): string =>
  items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;

/** Cells of HTML; empty where there are no rows. The first column names the row. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const head = columns.map((column) => `<th scope="col">${escaped(column)}</th>`).join('');
  const body = rows.map(
    ([first = '', ...cells]) =>
      `<tr><th scope="row">${first}</th>${cells.map((cell, index) => `<td data-label="${escaped(columns[index + 1] ?? '')}">${cell}</td>`).join('')}</tr>`,
  );
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table>`;
}

/** What most people need not read; empty where there is nothing. */
export const folded = (title: string, html: string): string =>
  html === '' ? '' : `<details><summary>${escaped(title)}</summary>${html}</details>`;

/** A word that is told by its letters as well as by its colour. */
export const badge = (kind: 'bad' | 'odd' | 'good' | 'dim', text: string): string => `<span class="badge ${kind}">${escaped(text)}</span>`;

/** A time of day with its date, in UTC, as whoever reads it may be anywhere. */
export function moment(iso: string): string {
  return `<time datetime="${escaped(iso)}">${escaped(iso.slice(0, 19).replace('T', ' '))}</time>`;
}

/** Things that happened, in the order in which they are given. */
export const moments = (happened: readonly { readonly at: string; readonly what: string }[]): string =>
  happened.length === 0
    ? ''
    : `<ol class="moments">${happened.map(({ at, what }) => `<li>${moment(at)} <span>${escaped(what)}</span></li>`).join('')}</ol>`;

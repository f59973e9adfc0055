/** Text that Slack must not read as markup (docs.slack.dev, "Escaping text"). */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** At most `limit` characters, with an ellipsis where something was cut; never half a surrogate pair. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '');
  return `${cut}…`;
}

/** Escaped and at most `limit` characters long, without cutting an escape in half. */
export function escapeShort(text: string, limit: number): string {
  let kept = shorten(text, limit);
  let escaped = escapeText(kept);
  while (escaped.length > limit) {
    kept = shorten(kept, Math.max(1, kept.length - Math.max(1, Math.ceil((escaped.length - limit) / 5))));
    escaped = escapeText(kept);
  }
  return escaped;
}

/** A moment in the reader's own time zone; programs that do not know the form show UTC. */
export function slackTime(moment: Date): string {
  const seconds = Math.floor(moment.getTime() / 1_000);
  return `<!date^${seconds}^{date_short_pretty} {time_secs}|${moment.toISOString().slice(0, 19).replace('T', ' ')} UTC>`;
}

/** A duration in words that are short and exact enough: "0.8 s", "14 s", "3 min 5 s". */
export function duration(milliseconds: number): string {
  if (milliseconds < 9_950) return `${(milliseconds / 1_000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}

/** An address inside `<…|…>`: Slack ends it at the first `>` or `|`. */
export function escapeUrl(url: string): string {
  return escapeText(url).replaceAll('|', '%7C');
}

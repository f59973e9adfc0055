/** action_ids of the buttons of a request for a fix, and callback_ids of its modals. */
export const FIX = {
  approve: 'fix:approve',
  reject: 'fix:reject',
  stop: 'fix:stop',
  breakGlass: 'fix:break-glass',
  breakingGlass: 'fix:breaking-glass',
  undo: 'fix:undo',
  instead: 'fix:instead',
  next: 'fix:next',
  choose: 'fix:choose',
  form: 'fix:form',
  rejection: 'fix:rejection',
  override: 'fix:override',
  overriding: 'fix:overriding',
} as const;

/** A decision is about one plan: the value carries the request and the plan's fingerprint. */
export function decisionValue(requestId: string, fingerprint: string): string {
  return `${requestId}/${fingerprint}`;
}

/** Reads the value of a decision button; null where it was not made by `decisionValue`. */
export function parseDecisionValue(value: string): { readonly requestId: string; readonly fingerprint: string } | null {
  const match = /^([0-9a-f-]{36})\/([0-9a-f]{64})$/.exec(value);
  return match === null ? null : { requestId: match[1] ?? '', fingerprint: match[2] ?? '' };
}

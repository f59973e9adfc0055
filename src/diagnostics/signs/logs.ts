import { k8sLogs } from '../checks/k8s.logs.ts';
import { count } from '../rules/phrases.ts';
import { no, rule, yes } from '../rules/rule.ts';
import type { FactsOf, JudgeContext, Rule } from '../types.ts';

/** Older messages tell of what was, and not of what is. Seconds. */
const PRESENT_SECONDS = 120;

type Signatures = FactsOf<typeof k8sLogs>['signatures'];

const lately = (signature: string, signatures: Signatures, now: Date, withinSeconds: number) =>
  signatures.find((one) => one.signature === signature && now.getTime() - Date.parse(one.lastAt) <= withinSeconds * 1_000);

/** What the logs tell of a signature that somebody has just logged; undefined: nobody has. */
export const justLogged = (signature: string, { signatures }: { readonly signatures: Signatures }, { now }: JudgeContext) =>
  lately(signature, signatures, now, PRESENT_SECONDS);

/** Whether the pods have just logged a signature. `what` completes "N pods logged that …". */
export function podsLogged(
  signature: string,
  what: string,
  within: (thresholds: JudgeContext['thresholds']) => number = () => PRESENT_SECONDS,
): Rule {
  return rule({ logs: k8sLogs }, ({ logs: { signatures } }, { now, thresholds }) => {
    const found = lately(signature, signatures, now, within(thresholds));
    if (found === undefined) return no(`No pod has just logged that ${what}.`);
    return yes(`${count(found.pods, 'pod')} logged ${count(found.count, 'time')} that ${what}.`);
  });
}

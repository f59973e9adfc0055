import { k8sLogs } from '../checks/k8s.logs.ts';
import { count } from '../rules/phrases.ts';
import { no, rule, yes } from '../rules/rule.ts';
import type { JudgeContext, Rule } from '../types.ts';

/** Older messages tell of what was, and not of what is. Seconds. */
const PRESENT_SECONDS = 120;

/** Whether the pods have just logged a signature. `what` completes "N pods logged that …". */
export function podsLogged(
  signature: string,
  what: string,
  within: (thresholds: JudgeContext['thresholds']) => number = () => PRESENT_SECONDS,
): Rule {
  return rule({ logs: k8sLogs }, ({ logs: { signatures } }, { now, thresholds }) => {
    const found = signatures.find((one) => one.signature === signature);
    if (found === undefined || now.getTime() - Date.parse(found.lastAt) > within(thresholds) * 1_000)
      return no(`No pod has just logged that ${what}.`);
    return yes(`${count(found.pods, 'pod')} logged ${count(found.count, 'time')} that ${what}.`);
  });
}

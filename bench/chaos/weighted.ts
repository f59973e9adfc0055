import type { Draws } from '../../sandbox/random.ts';

/** One of the names, each as often as its weight says. */
export function pickWeighted<Name extends string>(weights: Readonly<Record<Name, number>>, draws: Draws): Name {
  const all = Object.entries(weights) as [Name, number][]; // the record's keys are the names
  return draws.pick(all.flatMap(([name, weight]) => Array.from({ length: weight }, () => name)));
}

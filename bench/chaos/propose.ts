import type { SlackControl } from '../../sandbox/slack/control-client.ts';
import type { Bounds } from './counting-cluster.ts';

interface Proposal {
  readonly user: string;
  readonly channel: string;
  readonly target: string;
  readonly bounds: Bounds;
}

/** Asks for a fix as a person does, by the command. False where no bot answered: it may have heard it all the same. */
export async function propose(control: SlackControl, { user, channel, target, bounds }: Proposal): Promise<boolean> {
  const text = `/hotswap fix fix.k8s.hpa_bounds minReplicas=${bounds.minimum} maxReplicas=${bounds.maximum} ${target}`;
  return (await control.say({ user, channel, text })).ok;
}

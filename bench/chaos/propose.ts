import { setTimeout as delay } from 'node:timers/promises';
import type { SeenView } from '../../sandbox/slack/control/shapes.ts';
import type { SlackControl } from '../../sandbox/slack/control-client.ts';
import type { Bounds } from './counting-cluster.ts';

const REMEDIATION = 'fix.k8s.hpa_bounds';
const VIEW_WITHIN_MS = 4_000;
/** A bot asks Slack who somebody is when it sees them first, and says so in the form meanwhile. */
const SUBMITS = 6;
const BETWEEN_SUBMITS_MS = 400;

interface Proposal {
  readonly user: string;
  readonly channel: string;
  readonly runId: string;
  readonly bounds: Bounds;
}

/** Asks for a fix as a person does: Other fixes…, the remediation, the form. False where it did not come that far: the bot was killed, or Slack failed. */
export async function propose(control: SlackControl, { user, channel, runId, bounds }: Proposal): Promise<boolean> {
  for (const view of await control.views(user)) await control.dismiss({ user, viewId: view.id });
  if (!(await control.press({ user, channel, actionId: 'fix:other', value: runId })).ok) return false;
  const list = await viewWith(control, user, (text) => text.includes(REMEDIATION));
  const button = list === undefined ? undefined : buttonFor(list);
  if (list === undefined || button === undefined) return false;
  if (!(await control.click({ user, viewId: list.id, actionId: button })).ok) return false;
  const form = await viewWith(control, user, (text) => text.includes('"block_id":"maxReplicas"'));
  if (form === undefined) return false;
  const typed = { minReplicas: String(bounds.minimum), maxReplicas: String(bounds.maximum), reason: 'chaos' };
  for (let attempt = 1; attempt <= SUBMITS; attempt += 1) {
    const { ok, fields } = await control.submit({ user, viewId: form.id, typed });
    if (ok) return true;
    if (fields === undefined) return false;
    await delay(BETWEEN_SUBMITS_MS);
  }
  return false;
}

async function viewWith(control: SlackControl, user: string, fits: (text: string) => boolean): Promise<SeenView | undefined> {
  return control.waitForView(user, ({ blocks }) => fits(JSON.stringify(blocks)), VIEW_WITHIN_MS).catch(() => undefined);
}

/** The action_id of the button that chooses the remediation. */
function buttonFor({ blocks }: SeenView): string | undefined {
  return new RegExp(`"action_id":"([^"]+)"[^{}]*"value":"[^"]*/${REMEDIATION.replaceAll('.', '\\.')}"`).exec(JSON.stringify(blocks))?.[1];
}

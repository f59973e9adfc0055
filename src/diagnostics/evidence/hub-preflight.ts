import type { Preflight } from '../../clients/signalr-read.ts';
import { hubVariable } from '../rules/hub.ts';
import { curl } from '../rules/shell.ts';
import { defineSource, type SourceContext } from '../types.ts';
import { deployment } from './deployment.ts';
import { ifSeen } from './optional.ts';

interface HubPreflight {
  /** The origin of the pages that use the hub. */
  readonly origin: string;
  readonly answer: Preflight;
  /** The allowed origins that the Deployment names, by variable; null: they could not be read. */
  readonly configured: readonly { readonly variable: string; readonly value: string | null }[] | null;
}

/** Asks, as a browser would, whether pages of the application's origin may call the hub. Null: no origin is configured. */
export const hubPreflight = defineSource<HubPreflight | null>({
  id: 'signalr.preflight',
  title: 'Whether browsers may call the hub',
  permission: 'network access to the public address of the hub',
  asked: (target) =>
    curl(
      `-sS -m 5 -i -X OPTIONS -H 'Origin: ${target.application.hubOrigin ?? '<origin of the web application>'}' -H 'Access-Control-Request-Method: POST' -H 'Access-Control-Request-Headers: x-requested-with,x-signalr-user-agent,authorization' "$${hubVariable(target)}${target.application.hubPath}/negotiate?negotiateVersion=1"`,
    ),
  async collect(context) {
    const { hubOrigin, hubPath } = context.target.application;
    if (hubOrigin === undefined) return { data: null, complete: true };
    const [answer, configured] = await Promise.all([
      context.clients.signalr.preflight({ path: hubPath, origin: hubOrigin, signal: context.signal }),
      configuredOrigins(context),
    ]);
    return { data: { origin: hubOrigin, answer, configured }, complete: true };
  },
});

async function configuredOrigins(context: SourceContext): Promise<HubPreflight['configured']> {
  const found = await ifSeen(context, deployment); // beside the point: the answer to the preflight counts
  if (found === null) return null;
  return found.data.variables
    .filter(({ name }) => name.startsWith(context.target.application.hubOriginVariable))
    .map(({ name, value }) => ({ variable: name, value }));
}

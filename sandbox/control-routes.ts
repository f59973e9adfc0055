import type { GitHubStandIn } from './github/server.ts';
import type { PagerDutyStandIn } from './pagerduty/server.ts';
import type { Supervisor } from './product/supervisor.ts';
import { discoveryDocument } from './prometheus/real.ts';
import type { WorldRoutes } from './slack/world.ts';
import type { World } from './world.ts';

/** What the page and tests may ask of the sandbox: routes below /world. Unknown ids are refused with a message. */
export function controlRoutes(
  world: World,
  supervisor: Supervisor | undefined,
  { pagerDuty, github }: { readonly pagerDuty: PagerDutyStandIn; readonly github: GitHubStandIn },
): WorldRoutes {
  return {
    'GET /incidents': async () => world.mystery.conceal(await world.incidents.status()),
    'POST /incidents/:id/start': ({ id = '' }) => accept(world.incidents.start(id), `${id} is no incident, or runs already`),
    'POST /incidents/:id/stop': ({ id = '' }) => accept(world.incidents.stop(id), `${id} does not run`),
    'GET /mystery': async () => ({ broken: await world.mystery.status() }),
    'POST /mystery/start': () => accept(world.mystery.start(), 'something is broken already: repair it first'),
    'POST /mystery/reveal': () => accept(world.mystery.reveal(), 'nothing was broken'),
    'POST /mystery/repair': () => accept(world.mystery.repair(), 'nothing is broken, or it is only just beginning'),
    'GET /pages': () => pagerDuty.pages(),
    'GET /issues': () => github.issues(),
    'POST /github/:visibility': ({ visibility = '' }) => accept(publish(github, visibility), `${visibility} is no visibility`),
    'GET /status': () => status(world),
    'GET /targets': (): unknown => JSON.parse(discoveryDocument(world.targets())),
    'GET /processes': () => supervisor?.status() ?? [],
    'POST /processes/:name/kill': ({ name = '' }) => accept(Promise.resolve(supervisor?.kill(name) ?? false), `${name} does not run`),
  };
}

async function publish(github: GitHubStandIn, visibility: string): Promise<boolean> {
  if (visibility !== 'public' && visibility !== 'internal' && visibility !== 'private') return false;
  github.set({ visibility });
  return true;
}

async function accept(done: Promise<boolean>, refusal: string): Promise<{ ok: true }> {
  if (!(await done)) throw new Error(refusal);
  return { ok: true };
}

async function status(world: World): Promise<Readonly<Record<string, string>>> {
  const { p95Seconds, cpuShare, sessions, pods } = await world.vitals();
  return {
    'p95, 5 minutes':
      p95Seconds === undefined ? 'no traffic' : p95Seconds < 1 ? `${(p95Seconds * 1000).toFixed(0)} ms` : `${p95Seconds.toFixed(1)} s`,
    'CPU of the limit': `${(cpuShare * 100).toFixed(0)} %`,
    'Sessions of the service': sessions === undefined ? 'the database does not answer' : String(sessions),
    'Pods in production': String(pods),
  };
}

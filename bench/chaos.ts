import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { draws } from '../sandbox/random.ts';
import { decided, type Fault, isMet, judge, type Ledger, targetsOf } from './chaos/figures.ts';
import { type LaneWorld, runLane } from './chaos/lane.ts';
import { type Damage, wreak } from './chaos/mayhem.ts';
import { APPROVERS, namespaceOf, quorumOf } from './chaos/people.ts';
import { FINAL, type RequestsView, viewRequests } from './chaos/requests-view.ts';
import { type Backend, type ChaosWorld, startWorld } from './chaos/world.ts';
import { OUTPUT_OPTIONS, printJson, printTable, runBench } from './result/print.ts';

const usage = `npm run bench:chaos -- [options]

  --approvals N          approvals on each backend (default 1000)
  --backend NAME         redis, postgres or both (default both)
  --lanes N              targets that are worked on at once (default 24)
  --seed N               of what is clicked and what is killed (default 1)
  --minutes N            gives up after so long on each backend (default 60)
  --keep                 leaves logs and databases where they are, and says where
  --json                 print one JSON object last: bench, figures, targets, met
`;

/** After the last blow, everything must come to an end within this. Longer than the longest lease, and then the settling. */
const SETTLED_WITHIN_MS = 150_000;

interface Settings {
  readonly approvals: number;
  readonly lanes: number;
  readonly seed: number;
  readonly minutes: number;
  readonly keep: boolean;
}

interface Result {
  readonly backend: Backend;
  readonly ledger: Ledger;
  readonly damage: Damage;
  readonly clicks: LaneWorld['count'];
  readonly lostAnswers: number;
  readonly seconds: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      approvals: { type: 'string', default: '1000' },
      backend: { type: 'string', default: 'both' },
      lanes: { type: 'string', default: '24' },
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '60' },
      keep: { type: 'boolean', default: false },
      ...OUTPUT_OPTIONS,
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const backends = (['redis', 'postgres'] as const).filter((name) => values.backend === 'both' || values.backend === name);
  if (backends.length === 0) throw new Error(`there is no backend ${values.backend}\n${usage}`);
  const number = (name: 'approvals' | 'lanes' | 'seed' | 'minutes'): number => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} must be a whole number from 1\n${usage}`);
    return value;
  };
  const settings = {
    approvals: number('approvals'),
    lanes: number('lanes'),
    seed: number('seed'),
    minutes: number('minutes'),
    keep: values.keep,
  };
  const results: Result[] = [];
  for (const backend of backends) results.push(await run(backend, settings));
  report(results, values.json);
}

async function run(backend: Backend, settings: Settings): Promise<Result> {
  const random = draws(settings.seed).branch(backend);
  const world = await startWorld({ backend, lanes: settings.lanes, draws: random });
  let keep = settings.keep;
  const view = viewRequests(world.storeUrl);
  try {
    const result = await live(backend, world, view, settings);
    keep ||= judge(result.ledger).faults.length > 0;
    if (keep) await writeFile(join(world.logFolder, 'ledger.json'), JSON.stringify(result.ledger, null, 1));
    return result;
  } catch (error) {
    keep = true;
    throw error;
  } finally {
    await view.close();
    await world.close(keep);
    if (keep) process.stderr.write(`logs and databases: ${world.logFolder}\n`);
  }
}

async function live(backend: Backend, world: ChaosWorld, view: RequestsView, settings: Settings): Promise<Result> {
  const random = draws(settings.seed).branch(`${backend} people`);
  const began = Date.now();
  const enough = new AbortController();
  const clicks: LaneWorld['clicks'] = [];
  const count = { clicks: 0, onMessages: 0 };
  const damage: Damage = { kills: 0, pauses: 0, redisRestarts: 0, storeRestarts: 0, slackFaults: 0 };
  const { control } = world.slack;
  const lanes = Array.from({ length: settings.lanes }, (_, lane) =>
    runLane(lane, { control, view, draws: random.branch(`lane ${lane}`), clicks, count, signal: enough.signal }),
  );
  const mayhem = wreak(world, random.branch('mayhem'), damage, enough.signal);
  const counting = untilEnough(view, settings, began, backend).finally(() => enough.abort());
  await Promise.all([...lanes, mayhem, counting]);
  await world.slack.control.setFaults([]);
  await untilSettled(view);
  const ledger: Ledger = {
    clicks,
    writes: world.cluster.writes,
    requests: await view.readAll(),
    approvers: new Set(APPROVERS),
    quorum: quorums(settings.lanes),
    kills: damage.kills,
  };
  return {
    backend,
    ledger,
    damage,
    clicks: count,
    lostAnswers: world.cluster.lostAnswers,
    seconds: Math.round((Date.now() - began) / 1000),
  };
}

const quorums = (lanes: number) =>
  Object.fromEntries(Array.from({ length: lanes }, (_, lane) => [namespaceOf(lane), quorumOf(lane)] as const));

const TELL_EVERY_MS = 15_000;

async function untilEnough(view: RequestsView, { approvals, minutes, lanes }: Settings, began: number, backend: Backend): Promise<void> {
  let told = Date.now();
  const quorum = quorums(lanes);
  const allowed = new Set(APPROVERS);
  const approved = () => [...view.all.values()].filter((one) => decided(one, allowed) >= (quorum[one.target] ?? 1)).length;
  while (approved() < approvals) {
    const elapsed = Date.now() - began;
    if (elapsed > minutes * 60_000) return void process.stderr.write(`${backend}: time is up\n`);
    if (Date.now() - told > TELL_EVERY_MS) {
      told = Date.now();
      process.stderr.write(`${backend}: ${approved()} of ${approvals} approved after ${Math.round(elapsed / 1000)} s\n`);
    }
    await delay(500);
  }
}

/** Waits until no request is open any more; what is open then is found by the figures. */
async function untilSettled(view: RequestsView): Promise<void> {
  const until = Date.now() + SETTLED_WITHIN_MS;
  while (Date.now() < until) {
    const all = await view.readAll().catch(() => undefined);
    if (all?.every(({ state }) => FINAL.has(state)) === true) return;
    await delay(1_000);
  }
}

function report(results: readonly Result[], json: boolean): void {
  const judged = results.map((result) => ({ ...result, ...judge(result.ledger) }));
  const rows = judged.map(({ backend, figures, damage, clicks, lostAnswers, seconds, ledger }) => ({
    backend,
    ...figures,
    requests: ledger.requests.length,
    clicks: clicks.clicks,
    clicksOnMessages: clicks.onMessages,
    lostAnswers,
    ...damage,
    seconds,
  }));
  const columns = rows.map((row) => Object.values(row).map(String));
  printTable(
    ['', ...rows.map(({ backend }) => backend)],
    Object.keys(rows[0] ?? {}).map((name, at) => [name, ...columns.map((column) => column[at] ?? '')]),
  );
  for (const { backend, faults } of judged) for (const fault of faults) process.stdout.write(`${backend}: ${line(fault)}\n`);
  const met = judged.every(({ figures, damage }) => isMet(figures, damage.kills));
  if (!met) process.stdout.write('\nthe targets are missed\n');
  if (!json) return;
  const figures = Object.fromEntries(rows.map((row) => [row.backend, row]));
  const targets = Object.fromEntries(judged.map(({ backend, damage }) => [backend, targetsOf(damage)]));
  printJson({ bench: 'chaos', figures, targets, met });
}

const line = ({ kind, request, detail }: Fault): string => `${kind.padEnd(12)} ${request}  ${detail}`;

runBench(main);

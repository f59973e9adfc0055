import { parseArgs } from 'node:util';
import { loadRemediations } from '../src/remediations/registry.ts';
import { openAdmin } from './cluster/admin.ts';
import { type Outcome, openTrial } from './cluster/attempt.ts';
import { CASES, type Case } from './cluster/cases.ts';

const usage = `npm run try:cluster -- --kubeconfig PATH [options]

Tries every Kubernetes remediation, what it refuses and its undo on a real cluster (1.20 or later), in a namespace of its own
that is deleted again, with deploy/rbac.yaml in it. Needs kubectl.

  --kubeconfig PATH      it has three contexts, for the service accounts of deploy/rbac.yaml and for one who may do everything
  --context NAME         of hotswap-bot, in the namespace default (bot)
  --fix-context NAME     of hotswap-bot-fix (bot-fix)
  --admin-context NAME   (admin)
  --only TEXT            cases whose remediation or name has this in it
`;

const { values } = parseArgs({
  options: {
    kubeconfig: { type: 'string' },
    context: { type: 'string', default: 'bot' },
    'fix-context': { type: 'string', default: 'bot-fix' },
    'admin-context': { type: 'string', default: 'admin' },
    only: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help || values.kubeconfig === undefined) {
  process.stdout.write(usage);
  process.exit(values.help ? 0 : 64);
}

const namespace = `hotswap-trial-${Date.now().toString(36)}`;
const admin = await openAdmin(values.kubeconfig, values['admin-context'], namespace);
const remediations = await loadRemediations();
const contexts = { kubeconfig: values.kubeconfig, namespace, read: values.context, fix: values['fix-context'] };
const trial = openTrial(contexts, remediations);

async function tryOne(one: Case): Promise<Outcome> {
  try {
    await admin.reset();
    await one.prepare?.(admin);
    const params = typeof one.params === 'function' ? await one.params(admin) : one.params;
    const { meddle } = one;
    return await trial.attempt({ ...one, params, meddle: meddle === undefined ? undefined : () => meddle(admin) });
  } catch (error) {
    return { short: 'broke off', text: error instanceof Error ? error.message : String(error) };
  }
}

let different = 0;
try {
  process.stdout.write('| remediation | case | expected | outcome | |\n| --- | --- | --- | --- | --- |\n');
  for (const one of CASES.filter(({ remediation, name }) => `${remediation} ${name}`.includes(values.only))) {
    const { short, text } = await tryOne(one);
    const same = short === one.expected;
    process.stdout.write(`| ${one.remediation} | ${one.name} | ${one.expected} | ${short} | ${same ? '' : 'DIFFERS'} |\n`);
    if (!same) {
      different += 1;
      process.stderr.write(`${one.remediation}, ${one.name}: ${text}\n`);
    }
  }
  const untried = [...remediations.keys()].filter(
    (id) => id.startsWith('fix.k8s.') && !CASES.some(({ remediation }) => remediation === id),
  );
  for (const id of untried) process.stdout.write(`| ${id} | | a case | none | DIFFERS |\n`);
  different += untried.length;
} finally {
  await trial.close();
  await admin.close();
}
process.stdout.write(different === 0 ? '\nAll as expected.\n' : `\n${different} not as expected.\n`);
process.exitCode = different === 0 ? 0 : 1;

import type { NamedTarget } from '../config/settings.ts';
import type { Permission, VerbNeeds } from '../remediations/executor/needs/types.ts';
import { VERB_NEEDS } from '../remediations/executor/needs.ts';
import { boundsAnywhere, type Manual } from '../remediations/manual.ts';
import type { Remediations } from '../remediations/registry.ts';
import type { Remediation } from '../remediations/types.ts';
import { code, table } from './markdown.ts';

/**
 * docs/remediations.md: what each remediation does, within which bounds, what it calls, and the least that it must be
 * granted. `target`: whose sources are listed; its names stand in none of them. `defaults`: a target that sets nothing itself.
 */
export function remediationsDocument(remediations: Remediations, target: NamedTarget, defaults: NamedTarget): string {
  const all = [...remediations.values()];
  return `# Remediations

Made from the definitions by \`npm run docs\`; do not edit it here.

${table(
  ['remediation', 'what it does', 'risk', 'undo'],
  all.map(({ id, title, risk, manual }) => [`[${code(id)}](#${anchor(id)})`, title, risk, manual.undo]),
)}

R1: reversible, nobody notices. R2: people notice, or work under way is lost. R3: data, sessions or secrets are at stake. The
risk above is that of the worst plan; each plan carries its own.

Of all of them the following is true, and not said again below:

- A plan is made of what is read freshly, and is refused with \`could-not-look\` where something that it rests on, or that guards
  it, cannot be read; and with \`dry-run-…\` where the far side says in advance that it would say no (\`dry-run-forbidden\`: a
  permission is missing).
- Everything is read and compared again just before it acts. What has changed stops it, and nothing is done.
- Afterwards the checks that concluded the cause are asked again, on what was measured since, until it is fixed or
  \`remediations.verificationDeadlineSeconds\` (300) have passed. A fix that answers no diagnosis is held against the cause that it
  is offered for, as it stood right before; where there was none, it is said that nothing can be seen to have improved, and what
  the checks say now.
- Reads for the plan are made with the reading identity, and what changes something with the fixing one, which the executor
  alone has.

${all.map((remediation) => section(remediation, target, defaults)).join('\n\n')}
`;
}

const anchor = (id: string) => id.replaceAll('.', '');

function section(remediation: Remediation, target: NamedTarget, defaults: NamedTarget): string {
  const { id, title, risk, verbs, manual } = remediation;
  const sources = Object.values(remediation.needs(remediation.parse(manual.example, target), target));
  const needs = verbs.map((verb) => VERB_NEEDS[verb]);
  const bounds = Object.fromEntries(Object.entries(manual.parameters).map(([name, text]) => [name, boundsAnywhere(defaults, text)]));
  return `## ${id}

**${title}** (${risk}). ${manual.about}

\`\`\`
${asTyped(id, manual.example)}
\`\`\`

${rows('parameter', 'bounds', bounds)}

${rows('refused with', 'where', manual.refusals)}

- **Reads for the plan**: ${sources.map(({ title: what, permission }) => `${what} (${permission})`).join('; ')}.
- **Calls** (${verbs.map(code).join(' ')}):
${bullets(needs.flatMap(({ calls }) => calls))}
- **Least permission of the fixing identity**:
${bullets(permissionsOf(needs).map(describe))}
- **Verification**: ${manual.verification}
- **Undo**: ${manual.undo}
- **Stop**: ${manual.stop}`;
}

const rows = (left: string, right: string, entries: Readonly<Record<string, string>>) =>
  table(
    [left, right],
    Object.entries(entries).map(([name, text]) => [code(name), text]),
  );

const bullets = (lines: readonly string[]) => [...new Set(lines)].map((line) => `  - ${line}`).join('\n');

function asTyped(id: string, example: Manual['example']): string {
  const words = Object.entries(example).map(([name, value]) => `${name}=${Array.isArray(value) ? value.join(',') : String(value)}`);
  return ['/hotswap fix', id, ...words].join(' ');
}

const permissionsOf = (needs: readonly VerbNeeds[]): Permission[] => needs.flatMap(({ permissions }) => permissions);

function describe(permission: Permission): string {
  switch (permission.kind) {
    case 'kubernetes':
      return `Role rule ${code(
        `{apiGroups: ["${permission.apiGroup}"], resources: ["${permission.resource}"], ${permission.named ? `resourceNames: [its name${permission.suffix ?? ''}], ` : ''}verbs: ${JSON.stringify(permission.verbs)}}`,
      )}`;
    case 'postgres':
      return permission.role === 'owner' ? permission.right : code(`GRANT ${permission.right} TO ${permission.role}`);
    case 'vault':
      return `Vault policy ${code(`path "${permission.path}" { capabilities = ${JSON.stringify(permission.capabilities)} }`)}`;
  }
}

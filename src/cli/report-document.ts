import { z } from 'zod';
import { Report } from '../diagnostics/report.ts';

/** docs/report.md: the JSON of a report, as its schema says. */
export function reportDocument(): string {
  const schema = JSON.stringify(z.toJSONSchema(Report), null, 2);
  return `# The report

Made from \`src/diagnostics/report.ts\` by \`npm run docs\`; do not edit it here.

\`npx hotswap diagnose TOPIC [TARGET] --json\` prints one object of this shape, and nothing else, on standard output.
Ids of checks, causes and remediations are stable. New fields may be added; none is removed or renamed while \`schema\`
stays the same.

\`\`\`json
${schema}
\`\`\`
`;
}

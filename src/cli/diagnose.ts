import { createReadClients } from '../clients/read-clients.ts';
import type { Configuration } from '../config/environment.ts';
import { createLogger } from '../config/logger.ts';
import { findTarget } from '../config/settings.ts';
import type { Question } from '../diagnostics/question.ts';
import type { Registry } from '../diagnostics/registry.ts';
import type { Report } from '../diagnostics/report.ts';
import { type DiagnosisOptions, runDiagnosis } from '../diagnostics/run.ts';
import { runShow } from '../diagnostics/run-show.ts';
import { loadRemediations } from '../remediations/registry.ts';

interface TerminalDiagnosis {
  readonly topic: string;
  readonly target: string;
  readonly question: Question;
  readonly registry: Registry;
  readonly configuration: Configuration<'LOG_LEVEL' | 'KUBECONFIG' | 'GUIDE_URL' | 'RUNBOOK_URL'>;
  readonly signal: AbortSignal;
  /** Hears what is being looked at, a line at a time. */
  tell(line: string): void;
}

/**
 * Diagnoses in this process, with neither Slack nor queue nor store. Nobody samples the statements beforehand here, so it
 * waits for the second reading itself, where one is needed.
 */
export async function diagnose({
  topic,
  target: name,
  question,
  registry,
  configuration,
  signal,
  tell,
}: TerminalDiagnosis): Promise<Report> {
  const { settings, variables, endpoint, secrets } = configuration;
  const target = findTarget(settings, name);
  if (target === undefined) throw new Error(`there is no target ${name}`);
  const clients = createReadClients({ target, kubeconfig: variables.KUBECONFIG, endpoint, timeoutMs: settings.diagnostics.readTimeoutMs });
  try {
    const options: DiagnosisOptions = {
      topic,
      target,
      question,
      settings,
      registry,
      history: { lastHealthy: null },
      links: { guideUrl: variables.GUIDE_URL, runbookUrl: variables.RUNBOOK_URL },
      remediations: new Set((await loadRemediations()).keys()),
      clients,
      now: () => new Date(),
      signal,
      logger: createLogger('hotswap', variables.LOG_LEVEL),
      secrets,
      onProgress: ({ title, status, detail }) => {
        if (status === 'complete' || status === 'error') tell(`${title}${detail === null ? '' : `: ${detail}`}`);
      },
    };
    const show = registry.shows.get(topic);
    if (show !== undefined) return await runShow(show, options);
    const { report, secondReading } = await runDiagnosis(options);
    if (secondReading === undefined) return report;
    tell(`Waiting ${settings.diagnostics.statementPairMinimumSeconds} s for a second reading of the database's statements`);
    return await secondReading();
  } finally {
    await clients.close();
  }
}

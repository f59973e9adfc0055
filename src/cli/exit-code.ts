import type { Report } from '../diagnostics/report.ts';

/** The command line could not be understood (EX_USAGE of sysexits.h). */
export const BAD_USAGE = 64;
/** The configuration or the environment is not usable (EX_CONFIG). */
export const BAD_CONFIGURATION = 78;

/** The bot's own database does not answer. */
export const STORE_SILENT = 2;

/** Ended with Ctrl-C, as shells count it. */
export const INTERRUPTED = 130;

/** 1: a cause that is not benign is concluded. Else 2: something that matters could not be looked at. Else 0. */
export function exitCode(report: Pick<Report, 'diagnoses' | 'outcome'>): 0 | 1 | 2 {
  if (report.diagnoses.some(({ benign }) => !benign)) return 1;
  return report.outcome === 'could-not-look' ? 2 : 0;
}

export interface MetricsPage {
  /** Names of samples, each once, in the order of the page. */
  readonly names: readonly string[];
  readonly samples: number;
  /** Lines that are neither sample nor comment: what a page of another kind is full of. */
  readonly strangeLines: number;
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{.*\})?\s+(?:[-+]?[\d.eE+-]+|[-+]?Inf|NaN)(?:\s+[-+\d.]+)?(?:\s+#.*)?$/;

/** A page in Prometheus' text format or in OpenMetrics: what is on it, without its values. */
export function readMetricsPage(text: string): MetricsPage {
  const names = new Set<string>();
  let samples = 0;
  let strangeLines = 0;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const name = SAMPLE.exec(line)?.[1];
    if (name === undefined) {
      strangeLines++;
      continue;
    }
    samples++;
    names.add(name);
  }
  return { names: [...names], samples, strangeLines };
}

/** What Prometheus says of a scrape that failed, by the mechanism behind it. */
export type ScrapeFailure =
  | 'not-found'
  | 'auth'
  | 'redirect'
  | 'rate-limited'
  | 'server-error'
  | 'other-status'
  | 'refused'
  | 'timeout'
  | 'dns'
  | 'tls'
  | 'no-route'
  | 'no-metrics'
  | 'other';

/** The redirect is known by its trace: Prometheus follows it, and the address in its message is not the one that it was to scrape. */
export function scrapeFailure(lastError: string, scrapeUrl: string): ScrapeFailure {
  const status = /server returned HTTP status (\d{3})/.exec(lastError)?.[1];
  if (status !== undefined) return ofStatus(Number(status));
  if (scrapeUrl.startsWith('http://') && /\bGet "https:\/\//.test(lastError)) return 'redirect';
  if (/stopped after \d+ redirects/.test(lastError)) return 'redirect';
  if (/x509:|tls:|certificate|server gave HTTP response to HTTPS client/i.test(lastError)) return 'tls';
  if (/connection refused/.test(lastError)) return 'refused';
  if (/context deadline exceeded|i\/o timeout|Client\.Timeout/.test(lastError)) return 'timeout';
  if (/no such host|server misbehaving/.test(lastError)) return 'dns';
  if (/no route to host|network is unreachable/.test(lastError)) return 'no-route';
  if (/expected .*got|unsupported Content-Type|invalid metric|unexpected end of input|parse error/i.test(lastError)) return 'no-metrics';
  return 'other';
}

/** The same for an answer that somebody else than Prometheus got; null where it is no failure. */
export function ofStatus(status: number): ScrapeFailure {
  if (status === 404 || status === 405) return 'not-found';
  if (status === 401 || status === 403) return 'auth';
  if (status === 429) return 'rate-limited';
  if (status >= 300 && status < 400) return 'redirect';
  return status >= 500 ? 'server-error' : 'other-status';
}

const ADVICE: Readonly<Record<ScrapeFailure, string>> = {
  'not-found': 'The path of the scrape is not mapped by the service.',
  auth: 'The service wants a credential for the path of the scrape.',
  redirect: 'The service sends the scrape to another address.',
  'rate-limited': "The service's rate limit counts scrapes.",
  'server-error': "The metrics page itself fails: read the service's log for the path.",
  'other-status': 'Ask for the page from inside the cluster, and see what answers there.',
  refused:
    "Nothing listens on the scraped port of the pod: compare the port of the ServiceMonitor with the container's ports and with the address that the service binds to.",
  timeout:
    'The page does not arrive within the scrape timeout: look for a NetworkPolicy between Prometheus and the pod, and measure how long the page takes from inside the cluster.',
  dns: 'The name of the target does not resolve where Prometheus runs: compare it with the Service and its namespace.',
  tls: "The scrape's scheme or its tlsConfig does not fit what the port serves: compare them with the certificate there.",
  'no-route': 'The network does not let Prometheus reach the pod: look at the node of the pod and at network policies.',
  'no-metrics': 'What the path serves is no metrics page: compare the path of the scrape with what the service maps.',
  other: "Read Prometheus' own message, and ask for the page from inside the cluster.",
};

/** What to look at for a failure. */
export const adviceFor = (failure: ScrapeFailure): string => ADVICE[failure];

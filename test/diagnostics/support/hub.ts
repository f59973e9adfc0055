import type { HubAttempt, Negotiation } from '../../../src/clients/signalr-read.ts';
import { httpHealth } from '../../../src/diagnostics/checks/http.health.ts';
import { k8sDeployment } from '../../../src/diagnostics/checks/k8s.deployment.ts';
import { k8sEndpoints } from '../../../src/diagnostics/checks/k8s.endpoints.ts';
import { k8sHpa } from '../../../src/diagnostics/checks/k8s.hpa.ts';
import { k8sIngress } from '../../../src/diagnostics/checks/k8s.ingress.ts';
import { k8sLogs } from '../../../src/diagnostics/checks/k8s.logs.ts';
import { netTls } from '../../../src/diagnostics/checks/net.tls.ts';
import { promWs } from '../../../src/diagnostics/checks/prom.ws.ts';
import { signalrConnect } from '../../../src/diagnostics/checks/signalr.connect.ts';
import { signalrCors } from '../../../src/diagnostics/checks/signalr.cors.ts';
import { signalrIdle } from '../../../src/diagnostics/checks/signalr.idle.ts';
import { signalrNegotiate } from '../../../src/diagnostics/checks/signalr.negotiate.ts';
import { signalrSticky } from '../../../src/diagnostics/checks/signalr.sticky.ts';
import type { Facts } from '../../../src/diagnostics/report.ts';
import type { Check, FactsOf } from '../../../src/diagnostics/types.ts';
import { ago } from './evidence.ts';
import { QUIET_LOGS, signatureOf } from './facts.ts';

/** Tries to connect to a hub, and the facts of a hub that is well; tests change what they are about. */

export const negotiationOf = (changes: Partial<Negotiation> = {}): Negotiation => ({
  status: 200,
  failure: null,
  retryAfter: null,
  understood: true,
  error: null,
  version: 1,
  transports: ['WebSockets', 'ServerSentEvents', 'LongPolling'],
  redirectedTo: null,
  cookies: ['route'],
  durationMs: 12,
  ...changes,
});

export const refusedNegotiation = (status: number, changes: Partial<Negotiation> = {}): HubAttempt => ({
  negotiation: negotiationOf({ status, understood: false, version: null, transports: [], cookies: [], ...changes }),
  connection: null,
});

export const connectedAttempt = (changes: Partial<Negotiation> = {}): HubAttempt => ({
  negotiation: negotiationOf(changes),
  connection: { upgrade: { status: 101, failure: null, text: '' }, handshake: { outcome: 'accepted', error: null }, hold: null },
});

export const refusedUpgrade = (status: number, text = ''): HubAttempt => ({
  negotiation: negotiationOf(),
  connection: { upgrade: { status, failure: null, text }, handshake: null, hold: null },
});

interface HubFacts {
  readonly health: FactsOf<typeof httpHealth>;
  readonly endpoints: FactsOf<typeof k8sEndpoints>;
  readonly ingress: FactsOf<typeof k8sIngress>;
  readonly tls: FactsOf<typeof netTls>;
  readonly negotiate: FactsOf<typeof signalrNegotiate>;
  readonly connect: FactsOf<typeof signalrConnect>;
  readonly sticky: FactsOf<typeof signalrSticky>;
  readonly cors: FactsOf<typeof signalrCors>;
  readonly idle: FactsOf<typeof signalrIdle>;
  readonly ws: FactsOf<typeof promWs>;
  readonly logs: FactsOf<typeof k8sLogs>;
  readonly deployment: Pick<FactsOf<typeof k8sDeployment>, 'desired'>;
  readonly hpa: FactsOf<typeof k8sHpa>;
}

const CHECKS: { readonly [Name in keyof HubFacts]: Check } = {
  health: httpHealth,
  endpoints: k8sEndpoints,
  ingress: k8sIngress,
  tls: netTls,
  negotiate: signalrNegotiate,
  connect: signalrConnect,
  sticky: signalrSticky,
  cors: signalrCors,
  idle: signalrIdle,
  ws: promWs,
  logs: k8sLogs,
  deployment: k8sDeployment,
  hpa: k8sHpa,
};

const WELL: HubFacts = {
  health: { probes: [{ status: 200, failure: null, durationMs: 9 }], good: 3, bad: 0, slowestMs: 9 },
  endpoints: {
    service: 'hotswap-api',
    problem: 'none',
    selector: 'app=hotswap-api',
    readyPods: 3,
    endpoints: 3,
    readyEndpoints: 3,
    ownEndpoints: 3,
    sessionAffinity: 'None',
  },
  ingress: { ingresses: [], broken: [], affinity: 'nginx.ingress.kubernetes.io/affinity: cookie', hubIngress: 'hotswap-realtime' },
  tls: {
    addresses: [{ uses: 'service and hub', host: 'api.example.com', problem: 'none', text: 'good until 2027', daysLeft: 60 }],
    warnDays: 14,
  },
  negotiate: {
    path: '/hubs/deployment',
    status: 200,
    failure: null,
    understood: true,
    webSockets: true,
    transports: ['WebSockets'],
    redirectedTo: null,
    cookies: ['route'],
    authorised: false,
    durationMs: 9,
  },
  connect: { attempts: 2, connected: 2, strangers: 0, stage: null, status: null, failure: null, text: '', cookies: ['route'] },
  sticky: { readyPods: 3, tries: 6, connected: 6, strangers: 0, cookies: ['route'] },
  cors: {
    origin: 'https://console.example.com',
    status: 204,
    allowOrigin: 'https://console.example.com',
    allowCredentials: true,
    configured: [{ variable: 'Cors__AllowedOrigins__0', value: 'https://console.example.com' }],
    configurationSeen: true,
  },
  idle: { asked: false, dropped: false, heldSeconds: null, wantedSeconds: 0, pings: 0 },
  ws: {
    active: 24,
    activeAnHourAgo: 24,
    upgraded: 24,
    pods: 3,
    fullestPod: 8,
    limitPerPod: 40,
    limitWarnRatio: 0.9,
    fullPods: 0,
    ended: 0,
    commonFromSeconds: null,
    commonToSeconds: null,
    commonRatio: 0,
    cutShort: false,
    windowSeconds: 300,
  },
  logs: QUIET_LOGS,
  deployment: { desired: 3 },
  hpa: {
    present: false,
    name: null,
    minReplicas: null,
    maxReplicas: null,
    currentReplicas: null,
    desiredReplicas: null,
    atMaximum: false,
    limited: false,
    active: false,
    reason: '',
    cpuCurrentPercent: null,
    cpuTargetPercent: null,
    memoryCurrentPercent: null,
    memoryTargetPercent: null,
    driver: null,
  },
};

type Changes = { readonly [Name in keyof HubFacts]?: Partial<HubFacts[Name]> | null };

/** Facts of a hub that is well, with some changed; null: the check could not look. */
export function hubFacts(changes: Changes = {}): (readonly [Check, Facts | null])[] {
  const names = Object.keys(WELL) as (keyof HubFacts)[];
  return names.map((name) => [CHECKS[name], changes[name] === null ? null : { ...WELL[name], ...changes[name] }] as const);
}

export const justLogged = (signature: string, secondsAgo = 20): Partial<HubFacts['logs']> => ({
  signatures: [signatureOf(signature, { lastAt: ago(secondsAgo).toISOString() })],
});

export const refusedAt = (status: number): Partial<HubFacts['connect']> => ({
  connected: 0,
  attempts: 1,
  stage: 'upgrade',
  status,
  text: String(status),
});

export const addressOf = (
  uses: string,
  problem: HubFacts['tls']['addresses'][number]['problem'],
): HubFacts['tls']['addresses'][number] => ({
  uses,
  host: `${uses}.example.com`,
  problem,
  text: `it is ${problem}`,
  daysLeft: null,
});

export const tlsOf = (...addresses: HubFacts['tls']['addresses']): Partial<HubFacts['tls']> => ({ addresses });

export const FAILING_HEALTH = { good: 0, bad: 3, probes: Array(3).fill({ status: 503, failure: null, durationMs: 4 }) };

import type { NamedTarget } from '../../config/settings.ts';

/** What the value of a variable must be. */
export type ValueKind = 'listen-address' | 'origin';

type Application = NamedTarget['application'];

/** Variables that a remediation may set, as they are written in sentences. */
export function settableNames({ listenVariable, hubOriginVariable, settableVariables }: Application): string[] {
  return [listenVariable, `${hubOriginVariable}<n>`, ...settableVariables.map(({ name }) => name)];
}

/** Undefined where no remediation may set that variable. */
export function kindOfVariable(name: string, { listenVariable, hubOriginVariable, settableVariables }: Application): ValueKind | undefined {
  if (name === listenVariable) return 'listen-address';
  if (name.startsWith(hubOriginVariable) && /^\d{1,3}$/.test(name.slice(hubOriginVariable.length))) return 'origin';
  return settableVariables.find((one) => one.name === name)?.value;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/i;

/** What is wrong with a value, in words that go on "The value … "; undefined where it may be set. `ports`: those that the container declares. */
export function faultOf(value: string, kind: ValueKind, ports: readonly number[]): string | undefined {
  if (value.includes('$(')) return 'names another variable, which Kubernetes would put in its place';
  if (!URL.canParse(value))
    return kind === 'origin' ? 'is no origin, such as https://console.example.com' : 'is no address, such as http://0.0.0.0:8080';
  const url = new URL(value);
  if (kind === 'origin') return originFault(value, url);
  if (url.protocol !== 'http:') return 'does not begin with http://, and anything else needs a certificate in the container';
  if (`${url.username}${url.password}${url.search}${url.hash}` !== '' || url.pathname !== '/') return 'has more than a host and a port';
  if (LOOPBACK.test(url.hostname)) return 'is the loopback of the pod, where nobody outside it is heard';
  const port = url.port === '' ? 80 : Number(url.port);
  return ports.length > 0 && !ports.includes(port)
    ? `has the port ${port}, and the container declares ${ports.join(', ')}: its Service and probes would not reach it`
    : undefined;
}

function originFault(value: string, url: URL): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'does not begin with https:// or http://';
  return url.origin === value
    ? undefined
    : `is not written as browsers send it, which is ${url.origin} (scheme and host, the port where it is not the usual one, no slash at the end)`;
}

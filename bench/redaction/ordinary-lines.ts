import type { Draws } from '../../sandbox/random.ts';

/** Lines as services, Kubernetes, PostgreSQL, proxies and Prometheus write them, which speak of secrets and hold none. */
export function ordinaryLines(random: Draws, count: number): string[] {
  return Array.from({ length: count }, (_, index) => (LINES[index % LINES.length] ?? LINES[0])(random, stamp(index)));
}

type Line = (random: Draws, at: string) => string;

const START = Date.UTC(2025, 10, 23, 12);
const stamp = (index: number) => new Date(START + index * 37).toISOString();

const HEX = '0123456789abcdef';
const hex = (random: Draws, length: number) => Array.from({ length }, () => HEX[random.whole(0, 15)]).join('');
const guid = (random: Draws) => [8, 4, 4, 4, 12].map((length) => hex(random, length)).join('-');
const pod = (random: Draws) => `hotswap-api-${hex(random, 10)}-${hex(random, 5)}`;

const LINES: readonly [Line, ...Line[]] = [
  (random, at) =>
    `${at} [12:00:01 INF] Serilog.AspNetCore.RequestLoggingMiddleware: HTTP GET /api/v1/deployments/${guid(random)} responded 200 in ${random.between(1, 400).toFixed(4)} ms`,
  (random, at) =>
    `${at} [12:00:01 WRN] HotSwap.Auth.JwtHandler: Failed to validate the token. IDX10223: Lifetime validation failed. The token is expired. ValidTo (UTC): '11/23/2025 11:${random.whole(10, 59)}:00', Current time (UTC): '11/23/2025 12:00:01'.`,
  (_random, at) =>
    `${at} [12:00:02 ERR] HotSwap.Data: Npgsql.PostgresException (0x80004005): 28P01: password authentication failed for user "hotswap"`,
  (_, at) =>
    `${at}    at HotSwap.Distributed.Infrastructure.Data.DeploymentRepository.GetAsync(Guid id, CancellationToken cancellationToken) in /src/Data.cs:line 118`,
  (_, at) => `${at}    at System.Threading.Tasks.Task.Run(Func\`1 function, CancellationToken token)`,
  (random) =>
    `{"@t":"2025-11-23T12:00:00.1Z","@m":"Rotated secret jwt-signing-key to version ${random.whole(2, 90)}","SecretName":"jwt-signing-key","Version":${random.whole(2, 90)},"RequestId":"0HN8K3:${hex(random, 8)}"}`,
  (random) =>
    `{"kind":"Pod","metadata":{"name":"${pod(random)}","uid":"${guid(random)}","resourceVersion":"${random.whole(1_000, 999_999)}"},"spec":{"containers":[{"env":[{"name":"VAULT_TOKEN","valueFrom":{"secretKeyRef":{"name":"hotswap-vault","key":"token"}}}],"image":"registry.internal/hotswap/api@sha256:${hex(random, 64)}"}]}}`,
  () => '        - name: JWT_SIGNING_KEY',
  () => '          valueFrom: { secretKeyRef: { name: hotswap-jwt, key: signing-key } }',
  () => '  secretName: hotswap-tls',
  () => '  automountServiceAccountToken: false',
  (random) => `  pod-template-hash: ${hex(random, 10)}`,
  (random) => `    image: sha256:${hex(random, 64)}`,
  (random) => `kubernetes.io/config.hash: ${hex(random, 32)}`,
  (random) =>
    `10.0.${random.whole(0, 255)}.${random.whole(1, 254)} - - [23/Nov/2025:12:00:00 +0000] "GET /metrics HTTP/1.1" 200 ${random.whole(100, 9_000)} "-" "Prometheus/2.42.0"`,
  (random) =>
    `http_server_request_duration_seconds_bucket{http_route="/api/v1/auth/token",http_response_status_code="200",le="0.5"} ${random.whole(1, 90_000)}`,
  () => '# HELP dotnet_gc_tokens_total Tokens that were handed out since the start, by pool key.',
  (random) =>
    `2025-11-23 12:00:00.${random.whole(100, 999)} UTC [${random.whole(100, 9_999)}] LOG:  duration: ${random.between(1, 900).toFixed(3)} ms  statement: SELECT key, value FROM settings WHERE key = $1`,
  (random) => `2025-11-23 12:00:00 UTC [${random.whole(100, 9_999)}] ERROR:  duplicate key value violates unique constraint "pk_tokens"`,
  () => '2025-11-23 12:00:00 UTC [77] DETAIL:  Key (token_id)=(42) already exists.',
  (random) =>
    `I1123 12:00:00.${random.whole(100_000, 999_999)}       1 controller.go:${random.whole(10, 900)}] "Syncing secret" namespace="default" name="hotswap-tls" key="default/hotswap-tls"`,
  (random) =>
    `W1123 12:00:00.1 1 reflector.go:${random.whole(10, 900)}] failed to list *v1.Secret: secrets is forbidden: User "system:serviceaccount:default:hotswap-bot" cannot list resource "secrets"`,
  () => 'Error: Vault is sealed. Unseal Key (will be hidden):',
  () => 'Error making API request. Code: 403. Errors: * permission denied * invalid token',
  () => 'Unseal Progress    2/3',
  (random) => `trace_id=${hex(random, 32)} span_id=${hex(random, 16)} level=info msg="token bucket refilled" bucket=auth tokens=10`,
  (random) => `level=warn msg="basic auth is deprecated" path=/login attempt=${random.whole(1, 9)}`,
  () => 'password: the field is required and must be at least 12 characters',
  () => 'warning: no secret found, token missing, credentials empty',
  (random) => `etag: W/"${hex(random, 40)}"`,
  (random) => `integrity: sha512-${Buffer.from(hex(random, 64), 'hex').toString('base64')}`,
  () => 'Startup: ASPNETCORE_URLS=http://+:8080 DOTNET_RUNNING_IN_CONTAINER=true Kestrel__Endpoints__Http__Url=http://0.0.0.0:5000',
  () => 'http://hotswap-api.default.svc.cluster.local:5000/health answered 200',
  (random) => `job d-${hex(random, 8)} claimed by ${pod(random)}, locked until 2025-11-23T12:10:00.${random.whole(100, 999)}Z`,
];

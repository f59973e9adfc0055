import type { Draws } from '../../sandbox/random.ts';

/** A kind of secret that is planted. `name`: what programs call it; null where its shape alone must give it away. */
export interface Planted {
  readonly kind: string;
  readonly name: string | null;
  make(random: Draws): string;
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';
const ALPHANUMERIC = LOWER + UPPER + DIGITS;
const HEX = '0123456789abcdef';
const SAFE = `${ALPHANUMERIC}_-`;
const BASE64 = `${ALPHANUMERIC}+/`;

const letters = (random: Draws, alphabet: string, length: number) =>
  Array.from({ length }, () => alphabet[random.whole(0, alphabet.length - 1)] ?? '').join('');

const shaped = (kind: string, make: (text: (alphabet: string, length: number) => string) => string): Planted => ({
  kind,
  name: null,
  make: (random) => make((alphabet, length) => letters(random, alphabet, length)),
});

const named = (kind: string, name: string, make: (text: (alphabet: string, length: number) => string) => string): Planted => ({
  ...shaped(kind, make),
  name,
});

const PUNCTUATED = `${ALPHANUMERIC}!#$%*()_+-=[]{}|:,.?/~^`;

/** One line for each kind, made as its issuer documents it. */
export const SECRETS: readonly Planted[] = [
  named('password', 'Password', (text) => `x${text(PUNCTUATED, 14)}z`),
  named('password of words', 'db_password', (text) => text(LOWER, 16)),
  named('short password', 'PGPASSWORD', (text) => text(LOWER, 6)),
  named('passphrase', 'keyPassphrase', (text) => text(ALPHANUMERIC, 20)),
  named('random key', 'signing_key', (text) => `${text(BASE64, 43)}=`),
  named('client secret', 'client_secret', (text) => text(SAFE, 40)),
  named('api key', 'apiKey', (text) => text(HEX, 32)),
  named('app key', 'DD_APP_KEY', (text) => text(HEX, 40)),
  named('routing key', 'pagerduty_routing_key', (text) => text(HEX, 32)),
  named('aws secret', 'aws_secret_access_key', (text) => text(BASE64, 40)),
  named('aws session', 'AWS_SESSION_TOKEN', (text) => `FwoGZXIvYXdzE${text(BASE64, 200)}`),
  named('azure account key', 'AccountKey', (text) => `${text(BASE64, 86)}==`),
  named('service token', 'access_token', (text) => text(SAFE, 48)),
  named('refresh token', 'refreshToken', (text) => text(SAFE, 64)),
  named('unseal key', 'unseal_key_1', (text) => text(BASE64, 44)),
  named('uuid key', 'HEROKU_API_KEY', (text) => [8, 4, 4, 4, 12].map((length) => text(HEX, length)).join('-')),
  shaped('jwt', (text) => `eyJhbGciOiJIUzI1NiJ9.eyJzdWIi${text(SAFE, 60)}.${text(SAFE, 43)}`),
  shaped('vault token', (text) => `hvs.${text(SAFE, 90)}`),
  shaped('old vault token', (text) => `s.${text(ALPHANUMERIC, 24)}`),
  shaped('slack bot token', (text) => `xoxb-${text(DIGITS, 12)}-${text(DIGITS, 13)}-${text(ALPHANUMERIC, 24)}`),
  shaped('slack app token', (text) => `xapp-1-A${text(UPPER + DIGITS, 10)}-${text(DIGITS, 13)}-${text(HEX, 64)}`),
  shaped('slack webhook', (text) => `https://hooks.slack.com/services/T${text(UPPER, 8)}/B${text(UPPER, 8)}/${text(ALPHANUMERIC, 24)}`),
  shaped('github token', (text) => `ghp_${text(ALPHANUMERIC, 36)}`),
  shaped('github app token', (text) => `ghs_${text(ALPHANUMERIC, 36)}`),
  shaped('github fine-grained token', (text) => `github_pat_${text(ALPHANUMERIC, 22)}_${text(ALPHANUMERIC, 59)}`),
  shaped('gitlab token', (text) => `glpat-${text(SAFE, 20)}`),
  shaped('aws key id', (text) => `AKIA${text(`${UPPER}234567`, 16)}`),
  shaped('google api key', (text) => `AIza${text(SAFE, 35)}`),
  shaped('google oauth token', (text) => `ya29.${text(SAFE, 120)}`),
  shaped('azure client secret', (text) => `${text(ALPHANUMERIC, 3)}8Q~${text(ALPHANUMERIC, 34)}`),
  shaped('stripe key', (text) => `sk_${'live'}_${text(ALPHANUMERIC, 24)}`),
  shaped('stripe webhook secret', (text) => `whsec_${text(ALPHANUMERIC, 32)}`),
  shaped('twilio key', (text) => `SK${text(HEX, 32)}`),
  shaped('sendgrid key', (text) => `SG.${text(SAFE, 22)}.${text(SAFE, 43)}`),
  shaped('mailgun key', (text) => `key-${text(HEX, 32)}`),
  shaped('npm token', (text) => `npm_${text(ALPHANUMERIC, 36)}`),
  shaped('pypi token', (text) => `pypi-AgEIcHlwaS5vcmc${text(SAFE, 140)}`),
  shaped('docker token', (text) => `dckr_pat_${text(SAFE, 27)}`),
  shaped('digitalocean token', (text) => `dop_v1_${text(HEX, 64)}`),
  shaped('terraform token', (text) => `${text(ALPHANUMERIC, 14)}.atlasv1.${text(SAFE, 67)}`),
  shaped('new relic key', (text) => `NRAK-${text(UPPER + DIGITS, 27)}`),
  shaped('grafana token', (text) => `glsa_${text(ALPHANUMERIC, 32)}_${text(HEX, 8)}`),
  shaped('openai key', (text) => `sk-proj-${text(SAFE, 60)}`),
  shaped('anthropic key', (text) => `sk-ant-api03-${text(SAFE, 93)}`),
  shaped('hugging face token', (text) => `hf_${text(ALPHANUMERIC, 34)}`),
  shaped('shopify token', (text) => `shpat_${text(HEX, 32)}`),
  shaped('square token', (text) => `sq0atp-${text(SAFE, 22)}`),
  shaped('linear key', (text) => `lin_api_${text(ALPHANUMERIC, 40)}`),
  shaped('postman key', (text) => `PMAK-${text(HEX, 24)}-${text(HEX, 34)}`),
  shaped('atlassian token', (text) => `ATATT3xFfGF0${text(SAFE, 60)}`),
  shaped('telegram token', (text) => `${text(DIGITS.slice(1), 9)}:AA${text(SAFE, 33)}`),
  shaped('age key', (text) => `AGE-SECRET-KEY-1${text(UPPER + DIGITS, 58)}`),
  shaped('databricks token', (text) => `dapi${text(HEX, 32)}`),
  shaped('figma token', (text) => `figd_${text(SAFE, 40)}`),
  shaped('groq key', (text) => `gsk_${text(ALPHANUMERIC, 52)}`),
  shaped('tailscale key', (text) => `tskey-auth-k${text(ALPHANUMERIC, 10)}CNTRL-${text(ALPHANUMERIC, 32)}`),
  shaped('vercel token', (text) => `vcp_${text(ALPHANUMERIC, 56)}`),
  shaped('notion token', (text) => `ntn_${text(DIGITS, 11)}${text(ALPHANUMERIC, 35)}`),
  shaped('cloudflare token', (text) => `cfut_${text(ALPHANUMERIC, 40)}${text(HEX, 8)}`),
  shaped('1password token', (text) => `ops_eyJzaWduSW5BZGRyZXNzIjoi${text(ALPHANUMERIC, 200)}fQ==`),
  shaped('github installation token', (text) => `ghs_${text(DIGITS, 8)}_${text(SAFE, 40)}.${text(SAFE, 120)}.${text(SAFE, 43)}`),
  shaped('pulumi token', (text) => `pul-${text(HEX, 40)}`),
  shaped('url of a database', (text) => `postgres://hotswap:${text(ALPHANUMERIC, 20)}@db.internal:5432/hotswap`),
  shaped('url of a broker', (text) => `amqps://svc:${text(SAFE, 18)}@mq.internal/vhost`),
  shaped('private key', (text) => pem('RSA PRIVATE KEY', text(BASE64, 1_600))),
  shaped('openssh key', (text) => pem('OPENSSH PRIVATE KEY', text(BASE64, 400))),
];

function pem(title: string, body: string): string {
  return [`-----BEGIN ${title}-----`, ...(body.match(/.{1,64}/g) ?? []), `-----END ${title}-----`].join('\n');
}

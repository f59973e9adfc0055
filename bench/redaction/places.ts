import type { Planted } from './secrets.ts';

/** One way in which a secret gets into a log or a file. `take`: how the secret itself is spelled there. */
interface Place {
  readonly name: string;
  /** Where a secret that only its name gives away can stand. */
  readonly fits: (secret: Planted, value: string) => boolean;
  write(name: string, value: string): string;
  /** What must not be left. */
  take(value: string): string;
}

const json = (value: string) => JSON.stringify(value).slice(1, -1);
const same = (value: string) => value;
const everywhere = () => true;
const oneLine = (_: Planted, value: string) => !value.includes('\n');
/** Spelled without quotes, a value ends at the next space or separator. */
const bare = (_: Planted, value: string) => !/[\s;,&"'<>`)\]}]/.test(value);

/** In the middle of a name these are what many programs call a field or a cached value. */
const BEGINS_LIKE_A_WORD = /^(?:s\.|key-)/;

export const PLACES: readonly Place[] = [
  { name: 'plain', fits: bare, write: (name, value) => `[12:00:00 INF] Service: using ${name}=${value} for this`, take: same },
  { name: 'JSON', fits: everywhere, write: (name, value) => JSON.stringify({ level: 'info', [name]: value, next: 1 }), take: json },
  {
    name: 'escaped JSON',
    fits: everywhere,
    write: (name, value) => JSON.stringify({ message: JSON.stringify({ [name]: value, next: 1 }) }),
    take: (value) => json(json(value)),
  },
  {
    name: 'twice escaped JSON',
    fits: everywhere,
    write: (name, value) => JSON.stringify({ log: JSON.stringify({ message: JSON.stringify({ [name]: value }) }) }),
    take: (value) => json(json(json(value))),
  },
  {
    name: 'YAML',
    fits: (secret, value) => bare(secret, value) && (secret.name === null || /pass|pwd/i.test(secret.name) || /\d/.test(value)),
    write: (name, value) => `  ${name}: ${value}`,
    take: same,
  },
  { name: 'quoted YAML', fits: oneLine, write: (name, value) => `  ${name}: ${JSON.stringify(value)}`, take: json },
  { name: 'environment', fits: bare, write: (name, value) => `export ${name.toUpperCase()}=${value}`, take: same },
  {
    name: 'URL',
    fits: everywhere,
    write: (name, value) => `GET /callback?next=%2F&${name}=${encodeURIComponent(value)}&x=1 HTTP/1.1`,
    take: encodeURIComponent,
  },
  {
    name: 'connection string',
    fits: (_, value) => !/[\s;"'&<>`]/.test(value),
    write: (name, value) => `Server=db;User Id=hotswap;${name}=${value};Pooling=true`,
    take: same,
  },
  {
    name: 'XML',
    fits: oneLine,
    write: (name, value) => `<settings><${name}>${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</${name}></settings>`,
    take: (value) => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;'),
  },
  { name: 'flag', fits: bare, write: (name, value) => `dotnet run --${name} '${value}' --port 5000`, take: same },
  {
    name: 'variables of a pod',
    fits: oneLine,
    write: (name, value) => `        - name: ${name}\n          value: ${JSON.stringify(value)}`,
    take: json,
  },
  {
    name: 'base64',
    fits: everywhere,
    write: (name, value) => `config: ${base64(JSON.stringify({ name: 'svc', [name]: value }))}`,
    take: (value) => base64(value).slice(4, 24),
  },
  {
    name: 'next line in JSON',
    fits: (secret) => secret.name === null,
    write: (_, value) => JSON.stringify({ message: `It was answered:\n${value}\nand nothing else` }),
    take: json,
  },
  {
    name: 'twice encoded URL',
    fits: (secret) => secret.name === null,
    write: (_, value) => `GET /login?next=%2Fhome%3Fq%3D${encodeURIComponent(value)}%26x%3D1 HTTP/1.1`,
    take: encodeURIComponent,
  },
  {
    name: 'part of a name',
    fits: (secret, value) => secret.name === null && !value.includes('\n') && !BEGINS_LIKE_A_WORD.test(value),
    write: (_, value) => `stored as old_${value} at 12:00`,
    take: same,
  },
  {
    name: 'header',
    fits: (secret, value) => bare(secret, value) && /\d/.test(value) && value.length > 12,
    write: (_, value) => `> Authorization: Bearer ${value}`,
    take: same,
  },
];

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

/** What a pod takes from its .NET connection string; Npgsql's defaults where it is silent. */
export interface ConnectionSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly password: string;
  readonly applicationName: string;
  readonly maxPoolSize: number;
  /** Longest wait for a free or a new connection. */
  readonly timeoutSeconds: number;
  readonly commandTimeoutSeconds: number;
  /** In lower case: `prefer`, `require`, `verifyfull` and the like. */
  readonly sslMode: string;
  /** The file of the authority that is trusted. */
  readonly rootCertificate: string | undefined;
}

/**
 * Parses `Host=…;Port=…;Maximum Pool Size=…`: keywords are case-insensitive, spaces in them do not count.
 * Defaults: Npgsql's documentation of its connection string parameters.
 */
export function parseConnectionString(text: string): ConnectionSettings {
  const values = new Map<string, string>();
  for (const part of text.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0) values.set(part.slice(0, equals).toLowerCase().replaceAll(/\s/g, ''), part.slice(equals + 1).trim());
  }
  const value = (...names: string[]): string | undefined => names.map((name) => values.get(name)).find((found) => found !== undefined);
  const number = (fallback: number, ...names: string[]): number => Number(value(...names) ?? fallback);
  return {
    host: value('host', 'server') ?? 'localhost',
    port: number(5432, 'port'),
    database: value('database', 'db') ?? value('username', 'userid') ?? '',
    username: value('username', 'userid', 'user') ?? '',
    password: value('password', 'psw', 'pwd') ?? '',
    applicationName: value('applicationname') ?? 'hotswap-api',
    maxPoolSize: number(100, 'maximumpoolsize', 'maxpoolsize'),
    timeoutSeconds: number(15, 'timeout'),
    commandTimeoutSeconds: number(30, 'commandtimeout'),
    sslMode: (value('sslmode') ?? 'prefer').toLowerCase(),
    rootCertificate: value('rootcertificate'),
  };
}

export interface PoolSettings {
  /** What the host is called in the connection string; without it, as in the URL. */
  readonly host?: string;
  readonly maxPoolSize: number;
  readonly commandTimeoutSeconds: number;
}

/** The connection string of a PostgreSQL URL, with pool settings. */
export function connectionString(url: string, pool: PoolSettings): string {
  const { hostname, port, pathname, username, password, searchParams } = new URL(url);
  const rootCertificate = searchParams.get('sslrootcert');
  const parts = [
    `Host=${pool.host ?? hostname}`,
    `Port=${port}`,
    `Database=${pathname.slice(1)}`,
    `Username=${username}`,
    `Password=${decodeURIComponent(password)}`,
    ...(rootCertificate === null ? [] : ['SSL Mode=VerifyFull', `Root Certificate=${rootCertificate}`]),
    `Maximum Pool Size=${pool.maxPoolSize}`,
    `Command Timeout=${pool.commandTimeoutSeconds}`,
    'Application Name=hotswap-api',
  ];
  return parts.join(';');
}

import { z } from 'zod';
import { ServiceError } from './service-error.ts';

/** Where a process of hotswap-api finds its signing key. */
export interface VaultSettings {
  readonly address: string;
  readonly token: string;
  readonly mount: string;
  readonly path: string;
  readonly timeoutMs: number;
  /** How often the key is read again, so that a new version is taken up without a restart. */
  readonly refreshMs: number;
  /** How often it is looked whether the key is old enough to be rotated. */
  readonly rotationCheckMs: number;
}

/** What the service needs of the key's metadata. */
interface KeyMetadata {
  readonly version: number;
  readonly updatedAt: Date;
  readonly rotationDays: number | undefined;
}

const KeyAnswer = z.object({ data: z.object({ data: z.object({ value: z.string().optional() }) }) });
const MetadataAnswer = z.object({
  data: z.object({
    current_version: z.number(),
    updated_time: z.coerce.date(),
    custom_metadata: z.object({ rotation_interval_days: z.coerce.number().optional(), auto_rotate: z.string().optional() }).nullable(),
  }),
});

const FRAMES = [
  'VaultSharp.Core.Polymath.MakeRequestAsync[TResponse](String resourcePath, HttpMethod httpMethod, Object requestData)',
  'HotSwap.Distributed.Infrastructure.SecretManagement.VaultSecretService.GetSecretAsync(String secretId, CancellationToken cancellationToken)',
];

/** Vault said that there is nothing. The service takes that for "no secret", not for a failure. */
export class NotFound extends ServiceError {}

/** Vault as hotswap-api talks to it: over HTTP, with the version 2 of the key/value engine, worded as VaultSharp words failures. */
export class VaultClient {
  readonly #settings: VaultSettings;

  constructor(settings: VaultSettings) {
    this.#settings = settings;
  }

  /** @throws NotFound, or ServiceError with what VaultSharp would throw */
  async readKey(): Promise<string> {
    return KeyAnswer.parse(await this.#call('GET', `data/${this.#settings.path}`)).data.data.value ?? '';
  }

  async readMetadata(): Promise<KeyMetadata> {
    const { data } = MetadataAnswer.parse(await this.#call('GET', `metadata/${this.#settings.path}`));
    const { rotation_interval_days: days, auto_rotate: auto } = data.custom_metadata ?? {};
    return { version: data.current_version, updatedAt: data.updated_time, rotationDays: auto === 'True' ? days : undefined };
  }

  /** A new version of the key, unless somebody else has written one since. */
  async writeKey(value: string, version: number): Promise<void> {
    await this.#call('POST', `data/${this.#settings.path}`, { options: { cas: version }, data: { value } });
  }

  async #call(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const { address, token, mount, timeoutMs } = this.#settings;
    const url = new URL(`/v1/${mount}/${path}`, address);
    const request = {
      method,
      headers: { 'X-Vault-Token': token, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const { status, text } = await fetch(url, request).then(
      async (response) => ({ status: response.status, text: await response.text() }),
      (error: unknown) => {
        throw networkFailure(error, url, timeoutMs);
      },
    );
    if (status >= 400) {
      const Failure = status === 404 ? NotFound : ServiceError;
      throw new Failure(500, [`VaultSharp.Core.VaultApiException: ${text.trim()}`], FRAMES);
    }
    return text === '' ? undefined : JSON.parse(text);
  }
}

function networkFailure(error: unknown, { host }: URL, timeoutMs: number): ServiceError {
  if (error instanceof Error && error.name === 'TimeoutError') {
    const message = `The request was canceled due to the configured HttpClient.Timeout of ${timeoutMs / 1_000} seconds elapsing.`;
    return new ServiceError(
      500,
      [`System.Threading.Tasks.TaskCanceledException: ${message}`, 'System.TimeoutException: The operation was canceled.'],
      FRAMES,
    );
  }
  return new ServiceError(
    500,
    [`System.Net.Http.HttpRequestException: Connection refused (${host})`, 'System.Net.Sockets.SocketException (111): Connection refused'],
    FRAMES,
  );
}

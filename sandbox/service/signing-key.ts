import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { PodLog } from './pod-log.ts';
import { ServiceError } from './service-error.ts';
import { NotFound, VaultClient, type VaultSettings } from './vault-client.ts';

const SHORTEST_KEY = 32;
const DAY_MS = 86_400_000;
const SECRETS = 'HotSwap.Distributed.Infrastructure.SecretManagement.VaultSecretService';
const TOKENS = 'HotSwap.Distributed.Infrastructure.Authentication.JwtTokenService';
const ROTATION = 'HotSwap.Distributed.Api.Services.SecretRotationBackgroundService';
const KEY_FRAMES = ['HotSwap.Distributed.Infrastructure.Authentication.JwtTokenService.RefreshKeysFromSecretService()'];

/**
 * The key with which one hotswap-api process signs tokens: read from Vault at the start, read again every so often, and
 * replaced when it is older than its metadata say. A process that has a key goes on with it while Vault cannot be read; one
 * that has none cannot start.
 */
export class SigningKey {
  readonly #settings: VaultSettings;
  readonly #vault: VaultClient;
  readonly #log: PodLog;
  readonly #stopped = new AbortController();
  #value: string | undefined;

  constructor(settings: VaultSettings, log: PodLog) {
    this.#settings = settings;
    this.#vault = new VaultClient(settings);
    this.#log = log;
  }

  /** Undefined: none was read yet. */
  get value(): string | undefined {
    return this.#value;
  }

  /** @throws ServiceError where there is no key: the process cannot start */
  async load(): Promise<void> {
    const { address, mount } = this.#settings;
    this.#log.write('INF', SECRETS, `VaultSecretService initialized. Vault URL: ${address}, Mount: ${mount}`);
    this.#log.write('INF', TOKENS, 'Initializing JWT signing keys from ISecretService');
    await this.#refresh();
    if (this.#value === undefined)
      throw new ServiceError(
        500,
        [`System.ArgumentException: JWT SecretKey must be at least ${SHORTEST_KEY} characters long (Parameter '_config')`],
        KEY_FRAMES,
      );
    void this.#repeat(this.#settings.refreshMs, () => this.#refresh());
    void this.#repeat(this.#settings.rotationCheckMs, () => this.#rotateIfDue());
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #repeat(everyMs: number, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await delay(everyMs, undefined, { signal }).catch(() => {});
      if (!signal.aborted) await work();
    }
  }

  async #refresh(): Promise<void> {
    try {
      const value = await this.#read();
      if (value === undefined || value.length < SHORTEST_KEY) {
        const text = `JWT signing key '${this.#settings.path}' must be at least ${SHORTEST_KEY} characters long`;
        throw new ServiceError(500, [`System.InvalidOperationException: ${text}`], KEY_FRAMES);
      }
      if (value !== this.#value) this.#log.write('INF', TOKENS, 'JWT signing keys refreshed successfully (1 validation keys loaded)');
      this.#value = value;
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      const text = 'Failed to refresh JWT signing keys from secret service - falling back to configuration';
      this.#log.failure(TOKENS, text, asFailure(error));
    }
  }

  /** The key, or undefined where Vault has none; what else goes wrong is thrown on. */
  async #read(): Promise<string | undefined> {
    const { path } = this.#settings;
    try {
      return await this.#vault.readKey();
    } catch (error) {
      const failure = asFailure(error);
      if (failure instanceof NotFound) {
        this.#log.write('WRN', SECRETS, `Secret ${path} not found in Vault`, failure.chain);
        return undefined;
      }
      if (!this.#stopped.signal.aborted) this.#log.failure(SECRETS, `Failed to retrieve secret ${path} from Vault`, failure);
      throw failure;
    }
  }

  async #rotateIfDue(): Promise<void> {
    const { path } = this.#settings;
    const metadata = await this.#vault.readMetadata().catch(() => undefined); // reading again says what is wrong
    if (metadata?.rotationDays === undefined || Date.now() - metadata.updatedAt.getTime() < metadata.rotationDays * DAY_MS) return;
    this.#log.write('INF', ROTATION, `Rotating secret ${path} - rotation interval reached`);
    try {
      await this.#vault.writeKey(randomBytes(48).toString('base64'), metadata.version);
      this.#log.write('INF', SECRETS, `Rotated secret ${path} from version ${metadata.version} to ${metadata.version + 1}`);
    } catch (error) {
      this.#log.failure(SECRETS, `Failed to rotate secret ${path}`, asFailure(error));
    }
  }
}

function asFailure(error: unknown): ServiceError {
  return error instanceof ServiceError ? error : new ServiceError(500, [`System.Exception: ${String(error)}`], KEY_FRAMES);
}

import { DatabaseError } from 'pg';
import type { ConnectionSettings } from './connection-string.ts';
import { ServiceError, transient } from './service-error.ts';

/** What goes wrong between a pod and PostgreSQL, in the words of Npgsql. */

const CONNECTOR = [
  'Npgsql.PoolingDataSource.<Get>g__RentAsync|33_0(NpgsqlConnection conn, NpgsqlTimeout timeout)',
  'Npgsql.NpgsqlConnection.Open(Boolean async)',
];
const COMMAND = [
  'Npgsql.Internal.NpgsqlConnector.ReadMessageLong(Boolean async)',
  'Npgsql.NpgsqlCommand.ExecuteReader(CommandBehavior behavior)',
];

const npgsql = (text: string): string => `Npgsql.NpgsqlException (0x80004005): ${text}`;

/** Whether the server said it, and not the way to it: the connection is then as good as before. */
export const isServerAnswer = (error: unknown): error is DatabaseError => error instanceof DatabaseError;

/** @param address the address that the host's name stands for */
export function connectFailure(error: unknown, settings: ConnectionSettings, address: string): ServiceError {
  if (isServerAnswer(error)) return statementFailure(error);
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes('timeout exceeded')) return poolExhausted(settings); // only who finds the pool full waits in it
  const handshake = handshakeFailure(error, message);
  if (handshake !== undefined) return new ServiceError(500, handshake, CONNECTOR);
  const text = npgsql(`Failed to connect to ${address}:${settings.port}`);
  return transient([text, innerOf(message)], CONNECTOR);
}

function innerOf(message: string): string {
  if (/ECONNREFUSED/.test(message)) return 'System.Net.Sockets.SocketException (111): Connection refused';
  if (/ECONNRESET|terminated unexpectedly/.test(message)) return 'System.Net.Sockets.SocketException (104): Connection reset by peer';
  return 'System.TimeoutException: Timeout during connection attempt';
}

function poolExhausted({ maxPoolSize, timeoutSeconds }: ConnectionSettings): ServiceError {
  const text = `The connection pool has been exhausted, either raise 'Max Pool Size' (currently ${maxPoolSize}) or 'Timeout' (currently ${timeoutSeconds} seconds) in your connection string.`;
  return transient([npgsql(text), 'System.TimeoutException: The operation has timed out.'], CONNECTOR);
}

/** What OpenSSL calls it, and what .NET does. */
const CHAIN_STATUS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'NotTimeValid',
  CERT_NOT_YET_VALID: 'NotTimeValid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'UntrustedRoot',
  SELF_SIGNED_CERT_IN_CHAIN: 'UntrustedRoot',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'PartialChain',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'PartialChain',
  CERT_SIGNATURE_FAILURE: 'NotSignatureValid',
};

function handshakeFailure(error: unknown, message: string): readonly string[] | undefined {
  if (message.includes('does not support SSL'))
    return [npgsql('SSL connection requested. No SSL enabled connection from this host is configured.')];
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const status = CHAIN_STATUS[code];
  if (status === undefined) return undefined;
  const inner = `System.Security.Authentication.AuthenticationException: The remote certificate is invalid because of errors in the certificate chain: ${status}`;
  return [npgsql('Exception while performing SSL handshake'), inner];
}

/** No address: the name is asked for before a connection is tried. */
export function unknownHost(): ServiceError {
  const text = 'Name or service not known';
  return transient(
    [npgsql(text), `System.Net.Sockets.SocketException (00000005, 0xFFFDFFFF): ${text}`],
    ['System.Net.Dns.GetHostEntryOrAddressesCore(String hostName, Boolean justAddresses, AddressFamily addressFamily)', ...CONNECTOR],
  );
}

/** SQLSTATEs that Npgsql calls transient: connection and resource trouble, shutdowns, deadlocks. */
const TRANSIENT_STATES = /^(08|53|57P0|40P01|55P03|40001)/;

export function statementFailure(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  if (!isServerAnswer(error)) {
    const inner =
      error instanceof Error && error.message.includes('Query read timeout')
        ? 'System.TimeoutException: Timeout during reading attempt'
        : 'System.IO.EndOfStreamException: Attempted to read past the end of the stream.';
    return transient([npgsql('Exception while reading from stream'), inner], COMMAND);
  }
  if (error.code === '57014')
    return transient([npgsql('Exception while reading from stream'), 'System.TimeoutException: Timeout during reading attempt'], COMMAND);
  const text = `Npgsql.PostgresException (0x80004005): ${error.code ?? 'XX000'}: ${error.message}`;
  return TRANSIENT_STATES.test(error.code ?? '') ? transient([text], COMMAND) : new ServiceError(500, [text], COMMAND);
}

import { byteAt, startsWith } from './bytes';

/** Namespaces of .NET and of libraries: frames below them are not the application's own. */
const FOREIGN: StaticArray<string> = [
  'System.',
  'Microsoft.',
  'Npgsql.',
  'Azure.',
  'AutoMapper.',
  'Castle.',
  'Confluent.',
  'Dapper.',
  'FluentValidation.',
  'Google.',
  'Grpc.',
  'Humanizer.',
  'Interop.',
  'Internal.',
  'MassTransit.',
  'MediatR.',
  'MongoDB.',
  'MySqlConnector.',
  'Newtonsoft.',
  'OpenTelemetry.',
  'Polly.',
  'Prometheus.',
  'Quartz.',
  'RabbitMQ.',
  'Serilog.',
  'StackExchange.',
  'Swashbuckle.',
  'VaultSharp.',
  'lambda_method',
];

/** Whether the method that is named from `start` on is none of the application's. */
export function isForeign(start: usize, end: usize): bool {
  const first = byteAt(start);
  for (let index = 0; index < FOREIGN.length; index++) {
    const name = FOREIGN[index];
    if (name.charCodeAt(0) === first && startsWith(start, end, name)) return true;
  }
  return false;
}

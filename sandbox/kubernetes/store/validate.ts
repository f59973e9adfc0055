import type { z } from 'zod';
import { ApiError, type FieldCause, invalid } from './api-error.ts';
import type { ResourceDefinition } from './definition.ts';
import { isJsonObject, type KubeObject } from './object.ts';

const dnsLabel = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const dnsMessage =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/**
 * Parses an object by its kind's schema, with the API server's answers: 400 where a value has the wrong JSON
 * type (it cannot be decoded), 422 with the fields where it breaks a rule.
 */
export function parseObject<T extends KubeObject>(definition: ResourceDefinition<T>, input: unknown): T {
  const parsed = definition.schema.safeParse(input, { reportInput: true });
  if (!parsed.success) throw refusal(definition, input, parsed.error.issues);
  const { name } = parsed.data.metadata;
  if (name === '') {
    throw invalid(definition.kind, definition.group, name, [
      { reason: 'FieldValueRequired', message: 'Required value: name or generateName is required', field: 'metadata.name' },
    ]);
  }
  if (!definition.group.startsWith('rbac.') && !dnsLabel.test(name)) {
    throw invalid(definition.kind, definition.group, name, [fieldCause('metadata.name', name, dnsMessage)]);
  }
  return parsed.data;
}

/** A cause "Invalid value" with the value as the API server prints it. */
export function fieldCause(field: string, value: unknown, problem: string): FieldCause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(value)}: ${problem}`, field };
}

function refusal(definition: ResourceDefinition<KubeObject>, input: unknown, issues: readonly z.core.$ZodIssue[]): Error {
  const wrongType = issues.find((issue) => issue.code === 'invalid_type' && issue.input !== undefined);
  if (wrongType) {
    const where = `${definition.kind}.${fieldPath(wrongType.path, false)}`;
    const problem = `json: cannot unmarshal ${jsonType(wrongType.input)} into Go struct field ${where} of type ${goType(wrongType)}`;
    const message = `${definition.kind} in version "${definition.version}" cannot be handled as a ${definition.kind}: ${problem}`;
    return new ApiError(400, 'BadRequest', message, undefined, true);
  }
  const metadata = isJsonObject(input) && isJsonObject(input.metadata) ? input.metadata : {};
  const name = typeof metadata.name === 'string' ? metadata.name : '';
  return invalid(definition.kind, definition.group, name, issues.map(causeOf));
}

function causeOf(issue: z.core.$ZodIssue): FieldCause {
  const field = fieldPath(issue.path, true);
  if (issue.code === 'invalid_type') return { reason: 'FieldValueRequired', message: 'Required value', field };
  if (issue.code === 'invalid_value') {
    const supported = issue.values.map((value) => JSON.stringify(value)).join(', ');
    const message = `Unsupported value: ${JSON.stringify(issue.input)}: supported values: ${supported}`;
    return { reason: 'FieldValueNotSupported', message, field };
  }
  return fieldCause(field, issue.input, issue.message);
}

function fieldPath(path: readonly PropertyKey[], indices: boolean): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return indices ? `${text}[${part}]` : text;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}

function goType(issue: z.core.$ZodIssue): string {
  const expected = issue.code === 'invalid_type' ? issue.expected : 'string';
  if (expected === 'number' || expected === 'int') return 'int32';
  if (expected === 'boolean') return 'bool';
  return expected === 'object' || expected === 'record' ? 'map' : expected;
}

/** A `Status` object as the API server answers it for a failure. */
interface FailureStatus {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Record<string, never>;
  readonly status: 'Failure';
  readonly message: string;
  readonly reason?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly code: number;
}

/** A request that the API server refuses; `body` is the Status that the client gets. */
export class ApiError extends Error {
  readonly body: FailureStatus;
  /** The object could not even be decoded: a value has the wrong JSON type. */
  readonly undecodable: boolean;
  constructor(code: number, reason: string | undefined, message: string, details?: Readonly<Record<string, unknown>>, undecodable = false) {
    super(message);
    this.name = 'ApiError';
    this.undecodable = undecodable;
    this.body = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason === undefined ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    };
  }
}

export interface ResourceName {
  readonly group: string;
  readonly plural: string;
}

export interface FieldCause {
  readonly reason: 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueForbidden' | 'FieldValueNotSupported' | 'FieldValueTypeInvalid';
  readonly message: string;
  readonly field: string;
}

/** `deployments.apps`, or `pods` in the core group. */
function qualified(resource: ResourceName): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}

function named(resource: ResourceName, name: string): Record<string, unknown> {
  return { name, ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.plural };
}

export function notFound(resource: ResourceName, name: string): ApiError {
  return new ApiError(404, 'NotFound', `${qualified(resource)} "${name}" not found`, named(resource, name));
}

export function alreadyExists(resource: ResourceName, name: string): ApiError {
  return new ApiError(409, 'AlreadyExists', `${qualified(resource)} "${name}" already exists`, named(resource, name));
}

export function conflict(resource: ResourceName, name: string, problem: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${problem}`;
  return new ApiError(409, 'Conflict', message, named(resource, name));
}

export const staleVersion = 'the object has been modified; please apply your changes to the latest version and try again';

export function forbidden(resource: ResourceName, name: string, problem: string): ApiError {
  const subject = name === '' ? qualified(resource) : `${qualified(resource)} "${name}"`;
  const details = { ...(name === '' ? {} : { name }), ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.plural };
  return new ApiError(403, 'Forbidden', `${subject} is forbidden: ${problem}`, details);
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message);
}

/** 422 with one cause a field; the message lists them as the API server does. */
export function invalid(kind: string, group: string, name: string, causes: readonly FieldCause[]): ApiError {
  const list = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const problem = list.length === 1 ? list[0] : `[${list.join(', ')}]`;
  const subject = group === '' ? kind : `${kind}.${group}`;
  const details = { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), ...(kind === '' ? {} : { kind }), causes };
  return new ApiError(422, 'Invalid', `${subject} "${name}" is invalid: ${problem}`, details);
}

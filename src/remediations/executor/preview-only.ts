import { WriteRefusedError } from '../../clients/write-errors.ts';
import type { WritePorts } from './runner.ts';

/** Calls of the write ports that change nothing. Whatever is not named here is a write. */
const READS: ReadonlySet<string> = new Set([
  ...['readDeployment', 'readAutoscaler', 'readServiceMonitor', 'readPod', 'readTemplate', 'readRevision'],
  ...['inspect', 'look', 'isGone', 'isOver', 'isBusy', 'newestVersion', 'capabilities', 'close'],
]);

/**
 * Write ports that cannot write: reads pass, and so does what the far side is asked to try out alone (`dryRun`). Every other call,
 * also one that a port is given later, is refused before it reaches the port.
 */
export function previewOnly(ports: WritePorts): WritePorts {
  return guard(ports);
}

function guard<Port extends object>(port: Port): Port {
  return new Proxy(port, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value === 'function')
        return (...args: unknown[]): unknown => {
          if (!READS.has(String(property)) && !isTrial(args[0])) throw refusal(String(property));
          return Reflect.apply(value, target, args);
        };
      return typeof value === 'object' && value !== null ? guard(value) : value;
    },
  });
}

function isTrial(request: unknown): boolean {
  return typeof request === 'object' && request !== null && 'dryRun' in request && request.dryRun === true;
}

function refusal(call: string): WriteRefusedError {
  return new WriteRefusedError('refused', `This bot only rehearses (HOTSWAP_DRY_RUN), so ${call} was not called.`);
}

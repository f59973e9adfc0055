import { type Configuration, CustomObjectsApi } from '@kubernetes/client-node';
import { z } from 'zod';
import { call, FIELD_MANAGER } from './kubernetes-connection.ts';
import type { ObjectName } from './kubernetes-write.ts';

const Texts = z.record(z.string(), z.string()).default({});
const Monitor = z.object({ metadata: z.object({ uid: z.string(), name: z.string(), annotations: Texts, labels: Texts }) });

export type MonitorObject = z.infer<typeof Monitor>;

interface CreateMonitor extends ObjectName {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** What selects the Service. */
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly port: string;
  readonly path: string;
  readonly dryRun: boolean;
}

/** ServiceMonitors of the Prometheus Operator: made, read back, and deleted by uid. */
export interface MonitorWriter {
  createServiceMonitor(request: CreateMonitor): Promise<MonitorObject>;
  readServiceMonitor(name: ObjectName): Promise<MonitorObject>;
  deleteServiceMonitor(request: ObjectName & { readonly uid: string; readonly dryRun: boolean }): Promise<void>;
}

const SERVICE_MONITORS = { group: 'monitoring.coreos.com', version: 'v1', plural: 'servicemonitors' } as const;

export function monitorWriter(connection: () => Configuration): MonitorWriter {
  const objects = () => new CustomObjectsApi(connection());
  const dry = (dryRun: boolean) => (dryRun ? { dryRun: 'All' } : {});
  return {
    createServiceMonitor: ({ namespace, name, labels, annotations, matchLabels, port, path, dryRun }) =>
      call(async () => {
        const body = {
          apiVersion: `${SERVICE_MONITORS.group}/${SERVICE_MONITORS.version}`,
          kind: 'ServiceMonitor',
          metadata: { namespace, name, labels, annotations },
          spec: { selector: { matchLabels }, endpoints: [{ port, path }] },
        };
        const request = { ...SERVICE_MONITORS, namespace, body, fieldManager: FIELD_MANAGER, ...dry(dryRun) };
        return Monitor.parse(await objects().createNamespacedCustomObject(request));
      }),
    readServiceMonitor: ({ namespace, name }) =>
      call(async () => Monitor.parse(await objects().getNamespacedCustomObject({ ...SERVICE_MONITORS, namespace, name }))),
    deleteServiceMonitor: ({ namespace, name, uid, dryRun }) =>
      call(async () => {
        // where a delete has a body, the API server takes every option from it, and the parameter dryRun says nothing
        const body = { preconditions: { uid }, ...(dryRun ? { dryRun: ['All'] } : {}) };
        await objects().deleteNamespacedCustomObject({ ...SERVICE_MONITORS, namespace, name, body });
      }),
  };
}

import type { Random } from '../random.ts';
import type { ClusterStore } from '../store/cluster-store.ts';
import { type KubeObject, kubeTime, microTime } from '../store/object.ts';

export type EventType = 'Normal' | 'Warning';

/** Records events as the controllers of a real cluster do. */
export interface EventRecorder {
  /** A core event with first and last timestamp; the same event again only counts up. */
  record(component: string, about: KubeObject, type: EventType, reason: string, message: string, extra?: EventExtra): void;
  /** A new-style event (the scheduler's): eventTime is set, first and last timestamp are not. */
  observe(component: string, action: string, about: KubeObject, type: EventType, reason: string, message: string): void;
  /** Forgets events that are older than their time to live. */
  expire(): void;
}

export interface EventExtra {
  readonly host?: string;
  readonly fieldPath?: string;
}

const timeToLiveMs = 3_600_000;

export function eventRecorder(store: ClusterStore, random: Random, now: () => Date): EventRecorder {
  const names = new Map<string, string>();
  const known = (key: string, namespace: string) => store.events.get(namespace, names.get(key) ?? '');
  const nameFor = (key: string, about: KubeObject): string => {
    const nanoseconds = BigInt(now().getTime()) * 1_000_000n + BigInt(Math.floor(random.next() * 1e6));
    const name = `${about.metadata.name}.${nanoseconds.toString(16).padStart(16, '0')}`;
    names.set(key, name);
    return name;
  };
  return {
    record: (component, about, type, reason, message, extra = {}) => {
      const namespace = about.metadata.namespace ?? 'default';
      const key = [component, about.metadata.uid, type, reason, message].join('\n');
      const at = kubeTime(now());
      const before = known(key, namespace);
      if (before) {
        store.events.modify(
          namespace,
          before.metadata.name,
          (event) => Object.assign(event, { count: (event.count ?? 1) + 1, lastTimestamp: at }),
          'all',
        );
        return;
      }
      store.events.insert({
        metadata: { name: nameFor(key, about), namespace },
        involvedObject: referenceTo(about, extra.fieldPath),
        reason,
        message,
        type,
        source: { component, ...(extra.host === undefined ? {} : { host: extra.host }) },
        firstTimestamp: at,
        lastTimestamp: at,
        count: 1,
        reportingComponent: component,
        reportingInstance: extra.host ?? '',
      });
    },
    observe: (component, action, about, type, reason, message) => {
      const namespace = about.metadata.namespace ?? 'default';
      const key = [component, about.metadata.uid, type, reason, action].join('\n');
      const at = microTime(now());
      const before = known(key, namespace);
      if (before?.message === message) {
        const series = { count: (before.series?.count ?? 1) + 1, lastObservedTime: at };
        store.events.modify(namespace, before.metadata.name, (event) => Object.assign(event, { series }), 'all');
        return;
      }
      store.events.insert({
        metadata: { name: nameFor(key, about), namespace },
        involvedObject: referenceTo(about),
        reason,
        message,
        type,
        eventTime: at,
        action,
        reportingComponent: component,
        reportingInstance: `${component}-control-plane`,
      });
    },
    expire: () => {
      for (const event of store.events.list()) {
        const last = event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp;
        if (Date.parse(last) + timeToLiveMs < now().getTime()) store.events.drop(event.metadata.namespace ?? '', event.metadata.name);
      }
    },
  };
}

function referenceTo(about: KubeObject, fieldPath?: string): object {
  const { name, namespace, uid, resourceVersion } = about.metadata;
  const { apiVersion, kind } = about;
  return { apiVersion, kind, name, namespace, uid, resourceVersion, ...(fieldPath === undefined ? {} : { fieldPath }) };
}

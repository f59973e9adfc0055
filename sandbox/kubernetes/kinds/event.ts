import { z } from 'zod';
import type { ServedVersion } from '../store/definition.ts';
import { isJsonObject, type KubeObject, metadataSchema, objectSchema } from '../store/object.ts';

const objectReferenceSchema = z.looseObject({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  namespace: z.string().optional(),
  name: z.string().optional(),
  uid: z.string().optional(),
  fieldPath: z.string().optional(),
});

export const eventSchema = objectSchema.extend({
  metadata: metadataSchema,
  involvedObject: objectReferenceSchema,
  reason: z.string().optional(),
  message: z.string().optional(),
  type: z.string().optional(),
  source: z.looseObject({ component: z.string().optional(), host: z.string().optional() }).default({}),
  firstTimestamp: z.string().optional(),
  lastTimestamp: z.string().optional(),
  count: z.number().int().optional(),
  eventTime: z.string().optional(),
  series: z.looseObject({ count: z.number().int(), lastObservedTime: z.string() }).optional(),
  action: z.string().optional(),
  reportingComponent: z.string().default(''),
  reportingInstance: z.string().default(''),
});

/** The core view writes the times that are not set as null. */
export function coreEvent(object: KubeObject): unknown {
  const { firstTimestamp = null, lastTimestamp = null, eventTime = null } = eventSchema.parse(object);
  return { ...object, firstTimestamp, lastTimestamp, eventTime };
}

/** events.k8s.io/v1 is the same object under other names (kubernetes pkg/apis/events/v1/conversion.go). */
export const eventsV1: ServedVersion = {
  group: 'events.k8s.io',
  version: 'v1',
  toWire: (object) => {
    const event = eventSchema.parse(object);
    const { involvedObject, message, source, firstTimestamp, lastTimestamp, count, reportingComponent, reportingInstance, ...rest } = event;
    return {
      ...rest,
      apiVersion: 'events.k8s.io/v1',
      eventTime: event.eventTime ?? null,
      regarding: involvedObject,
      note: message,
      deprecatedSource: source,
      deprecatedFirstTimestamp: firstTimestamp ?? null,
      deprecatedLastTimestamp: lastTimestamp ?? null,
      ...(count === undefined ? {} : { deprecatedCount: count }),
      ...(reportingComponent === '' ? {} : { reportingController: reportingComponent }),
      ...(reportingInstance === '' ? {} : { reportingInstance }),
    };
  },
  fromWire: (wire) => {
    if (!isJsonObject(wire)) return wire;
    const {
      regarding,
      note,
      deprecatedSource,
      deprecatedFirstTimestamp,
      deprecatedLastTimestamp,
      deprecatedCount,
      reportingController,
      ...rest
    } = wire;
    return {
      ...rest,
      apiVersion: 'v1',
      involvedObject: regarding,
      message: note,
      source: deprecatedSource,
      firstTimestamp: deprecatedFirstTimestamp,
      lastTimestamp: deprecatedLastTimestamp,
      count: deprecatedCount,
      reportingComponent: reportingController,
    };
  },
};

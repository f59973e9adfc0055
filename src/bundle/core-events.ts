import { z } from 'zod';

const Event = z.looseObject({
  note: z.string().default(''),
  regarding: z.unknown().optional(),
  deprecatedCount: z.int().optional(),
  deprecatedFirstTimestamp: z.string().nullish(),
  deprecatedLastTimestamp: z.string().nullish(),
  deprecatedSource: z.unknown().optional(),
  reportingController: z.string().default(''),
  series: z.looseObject({ count: z.int().optional(), lastObservedTime: z.string().nullish() }).nullish(),
});

/** An event of events.k8s.io/v1 as the core API has the same one: that is how kubectl and other tools ask for it. */
export function asCoreEvent(item: unknown): unknown {
  const { note, regarding, deprecatedCount, deprecatedFirstTimestamp, deprecatedLastTimestamp, deprecatedSource, ...rest } =
    Event.parse(item);
  const { reportingController, series, ...same } = rest;
  return {
    ...same,
    apiVersion: 'v1',
    kind: 'Event',
    message: note,
    involvedObject: regarding ?? {},
    count: series?.count ?? deprecatedCount ?? 1,
    firstTimestamp: deprecatedFirstTimestamp ?? null,
    lastTimestamp: series?.lastObservedTime ?? deprecatedLastTimestamp ?? null,
    source: deprecatedSource ?? {},
    reportingComponent: reportingController,
    ...(series == null ? {} : { series }),
  };
}

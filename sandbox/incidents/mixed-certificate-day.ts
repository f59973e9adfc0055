import { goodRelease, openTerminal } from '../bystanders.ts';
import { defineIncident } from '../incident.ts';
import { mixed } from '../mixed.ts';
import trouble from './outside-only.ts';

/** The way in is broken right after a release that is fine. */
export default defineIncident(
  mixed({
    id: 'mixed-certificate-day',
    title: 'The outside says that the service is down, the inside that all is well',
    of: trouble,
    beside: [goodRelease, openTerminal],
  }),
);

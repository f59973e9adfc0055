import { goodRelease, patientDeployments } from '../bystanders.ts';
import { defineIncident } from '../incident.ts';
import { mixed } from '../mixed.ts';
import trouble from './schema-change.ts';

/** A schema change waits behind a report and everybody waits behind it, after a release that is fine. */
export default defineIncident(
  mixed({
    id: 'mixed-release-train',
    title: 'Everything about deployments has stopped, on a day of two releases',
    of: trouble,
    beside: [goodRelease, patientDeployments],
  }),
);

import { goodRelease, patientDeployments } from '../bystanders.ts';
import { defineIncident } from '../incident.ts';
import { mixed } from '../mixed.ts';
import trouble from './lock-chain.ts';

/** A session holds others up, the morning after a release that has nothing to do with it. */
export default defineIncident(
  mixed({
    id: 'mixed-morning-after',
    title: 'Progress stands still the morning after the release',
    of: trouble,
    beside: [goodRelease, patientDeployments],
  }),
);

import { goodRelease, patientDeployments } from '../bystanders.ts';
import { defineIncident } from '../incident.ts';
import { mixed } from '../mixed.ts';
import trouble from './relabelled.ts';

/** The Service leads to nobody, the pods are fine, and so is the release. */
export default defineIncident(
  mixed({
    id: 'mixed-label-hygiene',
    title: 'Nobody gets an answer since somebody tidied up labels, and a release is out',
    of: trouble,
    beside: [goodRelease, patientDeployments],
  }),
);

import { goodRelease, leftoverIndex } from '../bystanders.ts';
import { defineIncident } from '../incident.ts';
import { mixed } from '../mixed.ts';
import trouble from './slow-downstream.ts';

/** Another service is slow since about when a release went out. */
export default defineIncident(
  mixed({
    id: 'mixed-new-neighbour',
    title: 'Opening a deployment takes seconds since the release',
    of: trouble,
    beside: [goodRelease, leftoverIndex],
  }),
);

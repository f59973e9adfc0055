import { goodRelease, movedPod } from '../bystanders.ts';
import { defineIncident } from '../incident.ts';
import { mixed } from '../mixed.ts';
import trouble from './quarterly-rotation.ts';

/** The password was rotated; pods that are moved cannot start, and a release was just before it. */
export default defineIncident(
  mixed({
    id: 'mixed-rotation-night',
    title: 'Errors everywhere, and pods that do not come back',
    of: trouble,
    beside: [goodRelease],
    afterwards: [movedPod],
  }),
);

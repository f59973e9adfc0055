import { goodRelease, movedPod } from '../bystanders.ts';
import { defineIncident } from '../incident.ts';
import { mixed } from '../mixed.ts';
import trouble from './nothing-listens.ts';

/** The database is down: requests fail, a pod that is moved cannot start, and a release was just before it. */
export default defineIncident(
  mixed({
    id: 'mixed-lights-out',
    title: 'Requests fail, pods restart, and deployments do not move',
    of: trouble,
    beside: [goodRelease],
    afterwards: [movedPod],
  }),
);

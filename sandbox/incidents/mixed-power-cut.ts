import { openTerminal, patientDeployments } from '../bystanders.ts';
import { defineIncident } from '../incident.ts';
import { mixed } from '../mixed.ts';
import trouble from './node-down.ts';

/** A machine is gone, and with it a pod, its connections and what it was doing. */
export default defineIncident(
  mixed({
    id: 'mixed-power-cut',
    title: 'A rack went dark in the middle of deployments',
    of: trouble,
    beside: [patientDeployments, openTerminal],
    accepted: ['job.orphaned'],
  }),
);

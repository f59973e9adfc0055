import { busyDay, patientDeployments } from '../bystanders.ts';
import { defineIncident } from '../incident.ts';
import { mixed } from '../mixed.ts';
import trouble from './month-end.ts';

/** Another program takes the connections, on a day on which people export reports as well. */
export default defineIncident(
  mixed({
    id: 'mixed-closing-books',
    title: 'Errors and long waits at the end of the month',
    of: trouble,
    beside: [patientDeployments, busyDay],
  }),
);

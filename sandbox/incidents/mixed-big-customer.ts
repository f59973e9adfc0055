import { busyDay, openTerminal } from '../bystanders.ts';
import { defineIncident } from '../incident.ts';
import { mixed } from '../mixed.ts';
import trouble from './missing-index.ts';

/** An index is gone on a day on which the processors are busy as well. */
export default defineIncident(
  mixed({
    id: 'mixed-big-customer',
    title: 'Looking things up takes ages on a busy day',
    of: trouble,
    beside: [busyDay, openTerminal],
  }),
);

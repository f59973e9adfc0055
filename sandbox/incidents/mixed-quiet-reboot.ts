import { openTerminal } from '../bystanders.ts';
import { defineIncident } from '../incident.ts';
import { mixed } from '../mixed.ts';
import trouble from './vault-sealed.ts';

/** Vault was restarted and is sealed; pods that are moved cannot start, and a terminal is open in the database. */
export default defineIncident(
  mixed({
    id: 'mixed-quiet-reboot',
    title: 'The release of today is half out, and nobody knows whose fault it is',
    of: trouble,
    beside: [openTerminal],
    topic: 'api',
  }),
);

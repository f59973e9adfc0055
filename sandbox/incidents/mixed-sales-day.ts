import { leftoverIndex, openTerminal } from '../bystanders.ts';
import { defineIncident } from '../incident.ts';
import { mixed } from '../mixed.ts';
import trouble from './cpu-saturation.ts';

/** More work than the processors can do, beside an unfinished index and an open transaction that hold up nobody. */
export default defineIncident(
  mixed({
    id: 'mixed-sales-day',
    title: 'Everything is sluggish since noon',
    of: trouble,
    beside: [leftoverIndex, openTerminal],
  }),
);

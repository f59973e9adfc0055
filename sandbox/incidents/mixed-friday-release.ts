import { leftoverIndex, openTerminal } from '../bystanders.ts';
import { defineIncident } from '../incident.ts';
import { mixed } from '../mixed.ts';
import trouble from './api-bad-rollout.ts';

/** The release is bad; a forgotten terminal and an unfinished index are not why. */
export default defineIncident(
  mixed({
    id: 'mixed-friday-release',
    title: 'Many requests fail since the release, and somebody has forgotten a terminal',
    of: trouble,
    beside: [openTerminal, leftoverIndex],
  }),
);

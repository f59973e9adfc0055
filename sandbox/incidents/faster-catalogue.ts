import { defineIncident } from '../incident.ts';

/** A release keeps the catalogue of modules in memory, and with it the database context of whoever asked first. */
export default defineIncident({
  id: 'faster-catalogue',
  title: 'The list of modules is empty for nearly everybody since the release',
  truth: 'app.di_lifetime',
  topic: 'errors',
  accepted: ['api.bad_rollout'],
  start: async (world) => {
    await world.kubernetes.patchContainer({ image: world.publish({ longLivedCatalog: true }) });
    return {
      ready: async () => (await world.observe.answerShare('5..')) > 0.06,
      stop: () => world.kubernetes.restoreDeployment(),
    };
  },
});

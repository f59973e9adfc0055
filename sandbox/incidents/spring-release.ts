import { defineIncident } from '../incident.ts';

/** A release shows something new of each deployment; the migration that makes room for it in the database was left out. */
export default defineIncident({
  id: 'spring-release',
  title: 'Since the release, deployments cannot be opened',
  truth: 'app.schema_mismatch',
  topic: 'errors',
  accepted: ['api.bad_rollout'],
  start: async (world, random) => {
    const column = random.pick(['risk_score', 'change_ticket', 'owner_team', 'labels']);
    await world.kubernetes.patchContainer({ image: world.publish({ readsColumn: column }) });
    return {
      ready: async () => (await world.observe.answerShare('5..')) > 0.1,
      stop: () => world.kubernetes.restoreDeployment(),
    };
  },
});

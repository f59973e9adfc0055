import { defineIncident } from '../incident.ts';

/** The signing key reaches the age at which the service replaces it, as its policy says. */
export default defineIncident({
  id: 'key-anniversary',
  title: 'Some users are sent back to the sign-in page again and again',
  truth: 'app.jwt_rejected',
  topic: 'errors',
  start: async (world, random) => {
    world.vault.ageKey(random.whole(95, 140));
    return {
      ready: async () => (await world.observe.answerShare('401')) > 0.1,
      stop: () => world.vault.restore(),
    };
  },
});

import { defineIncident } from '../incident.ts';

const HEARD_SECONDS = 10;

/** Vault unseals through a key service, was restarted, and may not use the key there any more. */
export default defineIncident({
  id: 'vault-kms-lost',
  title: 'Somebody tidied up roles in the cloud account; moved pods do not start',
  truth: 'vault.autounseal_broken',
  topic: 'vault',
  accepted: ['api.crashloop.dependency', 'api.crashloop.config'],
  start: async (world, random) => {
    const { servers } = world.vault;
    world.vault.guardBy(random.pick(['awskms', 'gcpckms', 'azurekeyvault', 'transit', 'pkcs11']));
    world.vault.seal(Array.from({ length: servers }, (_, server) => server));
    const moved = random.whole(0, 1);
    await world.kubernetes.replacePods(moved);
    return {
      ready: async () => {
        const pods = await world.kubernetes.pods();
        const crashed = pods.filter(({ ready, restarts }) => !ready && restarts >= 2).length;
        return crashed >= moved && world.observe.podsThatLogged('Vault is sealed', HEARD_SECONDS) > 0;
      },
      stop: () => world.vault.restore(),
    };
  },
});

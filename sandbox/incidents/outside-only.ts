import { defineIncident } from '../incident.ts';

const DAY_MS = 86_400_000;

/** The way in is broken: the certificate of the service's name is none that anybody takes, or its Ingress leads to a port that is not there. */
export default defineIncident({
  id: 'outside-only',
  title: 'Nobody outside gets an answer, the pods look bored',
  truth: 'api.edge',
  topic: 'api',
  start: async (world, random) => {
    const since = world.observe.upSeconds();
    const stop = await random.pick([endCertificate, endCertificate, renamePort, renamePort])();
    return { ready: async () => world.observe.upSeconds() - since >= 8, stop };

    async function endCertificate(): Promise<() => Promise<void>> {
      const validTo = new Date(Date.now() - random.between(1, 30) * 3_600_000);
      const names = ['api.hotswap.example', 'localhost'];
      return world.edge.replaceCertificate('api', { names, validFrom: new Date(Date.now() - 90 * DAY_MS), validTo });
    }

    async function renamePort(): Promise<() => Promise<void>> {
      const ingress = world.edge.ingress('api');
      const before = await world.kubernetes.read(ingress);
      const service = { name: world.deployment.name, port: random.pick([{ name: 'web' }, { name: 'https' }, { number: 8080 }]) };
      await world.kubernetes.patch(ingress, {
        spec: { rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service } }] } }] },
      });
      return () => world.kubernetes.putSpec(ingress, before ?? {});
    }
  },
});

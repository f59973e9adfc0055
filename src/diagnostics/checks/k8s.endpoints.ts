import { pods } from '../evidence/pods.ts';
import { services } from '../evidence/services.ts';
import { count } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type EndpointFacts = {
  service: string;
  /** What keeps requests from the pods: nothing, the Service's absence, its selector, or that no pod is ready. */
  problem: 'none' | 'no-service' | 'selector' | 'not-ready';
  selector: string;
  readyPods: number;
  /** Of the Service, and how many of them are pods of the Deployment. */
  endpoints: number;
  readyEndpoints: number;
  ownEndpoints: number;
  sessionAffinity: string;
};

export const k8sEndpoints = defineCheck({
  id: 'k8s.endpoints',
  title: 'Service and its endpoints',
  needs: { services, pods },
  judge({ services: { data }, pods: { data: all } }): Judgement<EndpointFacts> {
    const { own, name } = data;
    const endpoints = own?.endpoints ?? [];
    const names = new Set(all.map((pod) => pod.name));
    const facts: EndpointFacts = {
      service: name,
      problem: 'none',
      selector: Object.entries(own?.selector ?? {})
        .map(([key, value]) => `${key}=${value}`)
        .join(','),
      readyPods: all.filter(({ ready }) => ready).length,
      endpoints: endpoints.length,
      readyEndpoints: endpoints.filter(({ ready }) => ready).length,
      ownEndpoints: endpoints.filter(({ pod }) => pod !== null && names.has(pod)).length,
      sessionAffinity: own?.sessionAffinity ?? 'None',
    };
    if (own === null)
      return {
        verdict: 'unknown',
        summary: `There is no Service ${name}. Set kubernetes.service of the target to the Service that leads to the pods.`,
        facts: { ...facts, problem: 'no-service' },
      };
    if (own.selector !== null && facts.readyPods > 0 && facts.ownEndpoints === 0)
      return {
        verdict: 'fail',
        summary: `The Service ${name} selects ${facts.selector}, and none of the ${count(facts.readyPods, 'ready pod')} carries these labels.`,
        facts: { ...facts, problem: 'selector' },
      };
    if (facts.readyEndpoints === 0)
      return {
        verdict: 'fail',
        summary: `The Service ${name} has no ready endpoint, of ${facts.endpoints}.`,
        facts: { ...facts, problem: 'not-ready' },
      };
    return {
      verdict: 'ok',
      summary: `The Service ${name} leads to ${facts.readyEndpoints} ready of ${count(facts.endpoints, 'endpoint')}.`,
      facts,
    };
  },
});

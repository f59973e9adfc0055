import { describe, expect, it } from 'vitest';
import type { EnvironmentVariable } from '../../../src/diagnostics/evidence/deployment.ts';
import { container, plan, remediations, running, target, verdict, type World } from '../support/plans.ts';

const ID = 'fix.k8s.set_env';
const LISTEN = 'Kestrel__Endpoints__Http__Url';
const shown = (name: string, value: string | null, kind: EnvironmentVariable['kind'] = 'literal') => ({ name, kind, value, hash: null });
const world = (variables: readonly EnvironmentVariable[] = [shown(LISTEN, 'http://localhost:8080')]): World => ({
  deployment: { containers: [container], variables },
});
const CORS = 'Cors__AllowedOrigins__1';

describe(ID, () => {
  it.each<[string, World, Record<string, unknown>, string]>([
    ['another value', world(), {}, 'act R2'],
    ['any address of the pod', world(), { value: 'http://*:8080' }, 'act R2'],
    ['the value that it has', world([shown(LISTEN, 'http://0.0.0.0:8080')]), {}, 'nothing-to-do'],
    ['a value where there was none', world([]), {}, 'act R2'],
    ['a variable that nobody listed', world(), { name: 'Jwt__Authority' }, 'refuse not-settable'],
    ['a connection string', world(), { name: 'ConnectionStrings__PostgreSql' }, 'refuse not-settable'],
    ['a variable that only begins like an origin', world(), { name: 'Cors__AllowedOrigins__x' }, 'refuse not-settable'],
    ['loopback', world([]), { value: 'http://127.0.0.1:8080' }, 'refuse bad-value'],
    ['loopback of IPv6', world([]), { value: 'http://[::1]:8080' }, 'refuse bad-value'],
    ['a port that the container does not declare', world(), { value: 'http://0.0.0.0:9090' }, 'refuse bad-value'],
    ['https', world(), { value: 'https://0.0.0.0:8080' }, 'refuse bad-value'],
    ['more than an address', world(), { value: 'http://user:secret@0.0.0.0:8080/x' }, 'refuse bad-value'],
    ['no address', world(), { value: '0.0.0.0' }, 'refuse bad-value'],
    ['a reference to another variable', world(), { value: 'http://$(HOST):8080' }, 'refuse bad-value'],
    ['an origin', world(), { name: CORS, value: 'https://console.example.com' }, 'act R2'],
    ['an origin with a slash', world(), { name: CORS, value: 'https://console.example.com/' }, 'refuse bad-value'],
    ['every origin', world(), { name: CORS, value: '*' }, 'refuse bad-value'],
    ['a value from a Secret', world([shown(LISTEN, null, 'reference')]), {}, 'refuse reference'],
    ['a value that may not be shown', world([shown(LISTEN, null)]), {}, 'refuse not-readable'],
    ['a variable in other letters', world([shown(LISTEN.toUpperCase(), 'http://x')]), {}, 'refuse ambiguous'],
    ['a variable that is there twice', world([shown(LISTEN, 'http://x'), shown(LISTEN, 'http://y')]), {}, 'refuse ambiguous'],
    ['nothing', world(), { value: null }, 'refuse only-undo'],
    ['nothing, to take something back', { ...world(), undoing: true }, { value: null }, 'act R2'],
    ['loopback, to take something back', { ...world([]), undoing: true }, { value: 'http://localhost:8080' }, 'act R2'],
    ['with a job under way', { ...world(), jobs: running(2) }, {}, 'refuse live-jobs'],
    ['where a GitOps controller owns it', { deployment: { ...world().deployment, managedBy: ['Flux'] } }, {}, 'refuse gitops'],
  ])('%s', (_, seen, params, expected) => {
    expect(verdict(plan(ID, { name: LISTEN, value: 'http://0.0.0.0:8080', ...params }, seen))).toBe(expected);
  });

  it('sets what the configuration adds to the list', () => {
    if (target === undefined) throw new Error('no target');
    const application = { ...target.application, settableVariables: [{ name: 'Portal__Origin', value: 'origin' as const }] };
    const params = { name: 'Portal__Origin', value: 'https://portal.example.com' };
    expect(verdict(plan(ID, params, world(), { ...target, application }))).toBe('act R2');
    expect(verdict(plan(ID, { ...params, value: 'portal' }, world(), { ...target, application }))).toBe('refuse bad-value');
  });

  it('can be taken back: to the old value, or to none', () => {
    const undo = (from: string | null) =>
      remediations.get(ID)?.undo?.({
        params: { name: CORS, value: 'https://a.example', jobs: 'keep' },
        facts: [{ variables: [{ name: CORS, from, to: 'x' }] }],
      });
    expect(undo('https://b.example')).toEqual({ name: CORS, value: 'https://b.example', jobs: 'keep' });
    expect(undo(null)).toEqual({ name: CORS, value: null, jobs: 'keep' });
    const plain = plan(ID, { name: CORS, value: null }, { ...world([shown(CORS, 'https://a.example')]), undoing: true });
    expect(plain).toMatchObject({ plan: { steps: [{ variables: [{ name: CORS, from: 'https://a.example', to: null }] }] } });
  });
});

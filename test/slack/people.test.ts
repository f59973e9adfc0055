import { WebClient } from '@slack/web-api';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { openPeople } from '../../src/slack/people.ts';
import type { Store } from '../../src/store/pool.ts';
import { type SlackServer, startSlackServer } from '../support/slack-server.ts';
import { createStore } from '../support/store.ts';

const log = pino({ level: 'silent' });

interface World {
  readonly slack: SlackServer;
  readonly store: Store;
  /** Seconds that have passed. */
  passed: number;
}

async function world(): Promise<World> {
  const slack = await startSlackServer();
  slack.always(({ method, args }) => method === 'users.info' && args.user === 'UGUEST', {
    body: { ok: true, user: { is_restricted: true } },
  });
  slack.always(({ method }) => method === 'users.info', { body: { ok: true, user: { team_id: 'T1' } } });
  slack.always(({ method }) => method === 'conversations.members', { body: { ok: true, members: ['U1', 'U2', 'UGUEST'] } });
  slack.always(({ method }) => method === 'usergroups.users.list', { body: { ok: true, users: ['U1'] } });
  return { slack, store: (await createStore()).store, passed: 0 };
}

/** A process of its own, with nothing in its memory. */
function process(state: World) {
  const client = new WebClient('xoxb-test', { slackApiUrl: state.slack.url, retryConfig: { retries: 0 } });
  const now = () => new Date(Date.UTC(2026, 10, 26) + state.passed * 1_000);
  const people = openPeople({ client, store: state.store, fullMemberSeconds: 600, groups: () => [], log, now });
  people.close(); // it has no groups to read
  return people;
}

const callsOf = ({ slack }: World, method: string) => slack.calls.filter((call) => call.method === method).length;

describe('what is known of people', () => {
  it('outlives the process that asked, for as long as it is good for', async () => {
    const state = await world();
    await process(state).facts('U1', 'C1');
    state.passed = 599;
    const facts = await process(state).facts('U1', 'C1');
    expect([...facts.principals]).toEqual(['user:U1', 'members']);
    expect(callsOf(state, 'users.info')).toBe(1);
    state.passed = 601;
    await process(state).facts('U1', 'C1');
    expect(callsOf(state, 'users.info')).toBe(2);
  });

  it('is asked once of each person, and once of a channel for all in it', async () => {
    const state = await world();
    const people = process(state);
    await Promise.all(['U1', 'U2', 'U1', 'U3', 'U2'].map((user) => people.facts(user, 'C1')));
    expect([callsOf(state, 'users.info'), callsOf(state, 'conversations.members')]).toEqual([3, 1]);
    expect((await people.facts('U3', 'C1')).principals.has('members')).toBe(false);
  });

  it('reads a long list of members to its end', async () => {
    const state = await world();
    state.slack.next('conversations.members', { body: { ok: true, members: ['U1'], response_metadata: { next_cursor: 'more' } } });
    expect((await process(state).facts('U2', 'C1')).principals.has('members')).toBe(true);
    expect(state.slack.calls.filter(({ method }) => method === 'conversations.members').map(({ args }) => args.cursor)).toEqual([
      undefined,
      'more',
    ]);
  });

  it('knows whoever left a channel within half a minute, whatever it keeps of accounts', async () => {
    const state = await world();
    const people = process(state);
    await people.facts('U1', 'C1');
    state.slack.next('conversations.members', { body: { ok: true, members: ['U2'] } });
    state.passed = 31;
    expect((await people.facts('U1', 'C1')).principals.has('members')).toBe(false);
  });

  it('keeps of nobody that they are nobody: a guest who becomes a member may act at once', async () => {
    const state = await world();
    expect((await process(state).facts('UGUEST', 'C1')).nobody).toContain('Guests');
    state.slack.next('users.info', { body: { ok: true, user: { team_id: 'T1' } } });
    expect((await process(state).facts('UGUEST', 'C1')).nobody).toBeNull();
    state.passed = 601;
    expect((await process(state).facts('UGUEST', 'C1')).nobody).toContain('Guests');
    state.passed = 602;
    expect((await process(state).facts('UGUEST', 'C1')).nobody).toContain('Guests');
  });

  it('goes by what it heard in the last minutes where Slack does not answer, and by nothing older', async () => {
    const state = await world();
    const people = process(state);
    await people.facts('U1', 'C1');
    const silent = { body: { ok: false, error: 'internal_error' } };
    state.slack.next('conversations.members', silent, silent);
    state.passed = 299;
    expect((await people.facts('U1', 'C1')).principals.has('members')).toBe(true);
    state.passed = 301;
    await expect(people.facts('U1', 'C1')).rejects.toThrow('internal_error');
    expect(people.knownFacts('U1', 'C1')).toBeUndefined();
  });

  it('asks Slack where the store does not answer', async () => {
    const state = await world();
    await state.store.query('DROP TABLE full_members');
    expect((await process(state).facts('U1', 'C1')).nobody).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { validateMessageBlocks } from '../../../sandbox/slack/block-kit/validate.ts';
import { renderUnsealing } from '../../../src/slack/render/unsealing.ts';
import type { Unsealing, WatchedServer } from '../../../src/store/unsealings.ts';

const beganAt = new Date('2026-11-23T02:00:00Z');
const server = (number: number, change: Partial<WatchedServer> = {}): WatchedServer => ({
  ...{ address: `https://vault-${number}:8200`, answers: true, initialized: true, sealed: true, type: 'shamir' },
  ...{ threshold: 3, shares: 5, progress: 0 },
  ...change,
});
const unsealing = (servers: readonly WatchedServer[], change: Partial<Unsealing> = {}): Unsealing => ({
  ...{ threadId: '0b9f3b6e-2d0c-4a54-9c3a-3a2c3a4c5d6e', target: 'production', state: 'watching', endedAt: null },
  ...{ servers: [...servers], beganAt, deadlineAt: new Date('2026-11-23T06:00:00Z') },
  ...change,
});
const draw = (servers: readonly WatchedServer[], change: Partial<Unsealing> = {}) => {
  const { text, blocks } = renderUnsealing(unsealing(servers, change));
  expect(validateMessageBlocks(blocks)).toMatchObject({ ok: true });
  return { text, all: JSON.stringify(blocks) };
};

describe('the message of an unsealing', () => {
  it('names each sealed server, its threshold and progress, and the command without a key', () => {
    const { text, all } = draw([server(0, { progress: 1 }), server(1), server(2, { sealed: false })]);
    expect(text).toBe('2 of 3 servers of Vault of production are sealed.');
    expect(all).toContain('https://vault-0:8200: *sealed*: 1 of the 3 key shares that it needs (there are 5), 2 to go');
    expect(all).toContain('https://vault-2:8200: unsealed');
    expect(all).toContain('"vault operator unseal -address=https://vault-0:8200\\nvault operator unseal -address=https://vault-1:8200"');
    expect(all).toContain('Never paste a key share into Slack');
  });

  it('offers nothing to press and nothing to type a share into', () => {
    expect(draw([server(0)]).all).not.toMatch(/"type":"(actions|input|button|plain_text_input)"/);
  });

  it('says that there are no keys where a key service unseals', () => {
    const { all } = draw([server(0, { type: 'awskms' })]);
    expect(all).toContain('With awskms there are *no unseal keys*');
    expect(all).not.toContain('vault operator unseal');
  });

  it('tells a server that does not answer from a sealed one', () => {
    const { text, all } = draw([server(0), server(1, { answers: false, threshold: 0 })]);
    expect(text).toBe('1 of 2 servers of Vault of production is sealed, and 1 does not answer.');
    expect(all).toContain('nothing is known of it (does not answer now)');
  });

  it('closes with the time that it took', () => {
    const endedAt = new Date(beganAt.getTime() + 725_000);
    const { text, all } = draw([server(0, { sealed: false }), server(1, { sealed: false })], { state: 'unsealed', endedAt });
    expect(text).toBe('Vault of production is unsealed: all 2 servers, after 12 min 5 s.');
    expect(all).not.toContain('vault operator unseal');
  });

  it('says after the deadline that nobody looks any more, and still how to unseal', () => {
    const { text, all } = draw([server(0)], { state: 'given-up', endedAt: new Date('2026-11-23T06:00:00Z') });
    expect(text).toContain('I stopped looking after 240 min');
    expect(all).toContain('vault operator unseal');
  });

  it('fits into a message however many servers there are', () => {
    draw(Array.from({ length: 60 }, (_, number) => server(number)));
  });
});

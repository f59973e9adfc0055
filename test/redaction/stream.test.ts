import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rulesOf } from '../../src/redaction/find.ts';
import { redact } from '../../src/redaction/stream.ts';
import { createTokens } from '../../src/redaction/tokens.ts';

const rules = rulesOf({ secrets: [] });
const KEY = new Uint8Array(32);

async function redacted(input: Buffer, cuts: readonly number[]): Promise<string> {
  const borders = [0, ...cuts.map((cut) => cut % (input.length + 1)).sort((a, b) => a - b), input.length];
  const chunks = borders.slice(1).map((end, index) => input.subarray(borders[index], end));
  return (await allOf(chunks)).toString('utf8');
}

async function allOf(chunks: readonly Buffer[], tokens = createTokens(KEY)): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of redact(Readable.from(chunks), rules, tokens)) parts.push(Buffer.from(part)); // a copy: its memory is used again
  return Buffer.concat(parts);
}

const LINE = 'An ordinary line, with ümlauts and no secret at all.\n';

describe('a redacting stream', () => {
  it('takes a secret out wherever chunks and blocks were cut, and leaves every other byte', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(9_000),
        fc.stringMatching(/^[A-Za-z0-9]{16,40}$/),
        fc.array(fc.nat(), { maxLength: 8 }),
        async (before, secret, cuts) => {
          const lead = LINE.repeat(before);
          const output = await redacted(Buffer.from(`${lead}{"password":"${secret}"}\n${LINE}`), cuts);
          expect(output).not.toContain(secret);
          expect(output.replace(/\[redacted-secret-[0-9a-f]{8}\]/, secret)).toBe(`${lead}{"password":"${secret}"}\n${LINE}`);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('takes a private key out that is spread over lines and blocks', async () => {
    const key = `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEpAIBAAKCAQEA0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL\n'.repeat(40)}-----END RSA PRIVATE KEY-----`;
    for (const lead of [0, 4_000, 4_400, 4_600]) {
      const output = await redacted(Buffer.from(`${LINE.repeat(lead)}${key}\n${LINE}`), [64_000, 128_000, 200_000]);
      expect(output).not.toContain('MIIEpAIB');
      expect(output.length).toBe(LINE.length * (lead + 1) + '[redacted-private-key-00000000]\n'.length);
    }
  });

  it('passes bytes that are no text', async () => {
    const bytes = Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 7) % 256));
    const passed = await allOf([bytes]);
    expect(passed.equals(bytes)).toBe(true);
  });

  it('gives the same secret the same token, and counts', async () => {
    const tokens = createTokens(KEY);
    const text = 'password=hunter2\ntoken=k2jd8fj3kd\npassword=hunter2\n';
    const output = await allOf([Buffer.from(text)], tokens);
    const [first, second, third] = output.toString().split('\n');
    expect(first).toBe(third);
    expect(first).not.toBe(second);
    expect(tokens.counts()).toEqual([{ kind: 'secret', times: 3, different: 2 }]);
  });
});

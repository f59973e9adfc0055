import { expect, it } from 'vitest';
import { storeTrouble } from '../../src/store/trouble.ts';

const refused = (address: string) => Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: 'ECONNREFUSED' });

it('says why the database does not answer, where its host has several addresses as well', () => {
  expect(storeTrouble(refused('127.0.0.1:1'))).toMatch(/STORE_DATABASE_URL.*127\.0\.0\.1:1$/);
  expect(storeTrouble(new AggregateError([refused('::1:1'), refused('127.0.0.1:1')]))).toMatch(/::1:1$/);
  expect(storeTrouble(new TypeError('a bug'))).toBeUndefined();
});

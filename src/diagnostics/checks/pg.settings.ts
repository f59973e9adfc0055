import { type ServerSettings, serverSettings } from '../evidence/server-settings.ts';
import { some } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type SettingsFacts = {
  /** Whose sessions are read-only by a setting: `DATABASE hotswap`, `ROLE hotswap`. */
  readOnlyFor: string[];
  pendingRestart: string[];
  /** After which time a session that is idle in its transaction is ended, for the application; null: not known to the bot. */
  idleInTransactionTimeout: string | null;
  maxConnections: string | null;
};

const READ_ONLY = 'default_transaction_read_only';
const IDLE_TIMEOUT = 'idle_in_transaction_session_timeout';
const ON = /^(?:on|true|yes|1)$/i;

export const pgSettings = defineCheck({
  id: 'pg.settings',
  title: 'Settings of PostgreSQL',
  needs: { serverSettings },
  judge({ serverSettings: { data } }, { target: { database } }): Judgement<SettingsFacts> {
    const applies = ({ role }: { readonly role: string }) => role === '' || database.applicationRoles.includes(role);
    const readOnlyFor = [
      ...data.own.filter((one) => one.name === READ_ONLY && ON.test(one.value) && applies(one)).map(whose),
      ...(ON.test(serverValue(data, READ_ONLY) ?? '') ? ['SYSTEM'] : []),
    ];
    const idleTimeout = data.own.find((one) => one.name === IDLE_TIMEOUT && applies(one))?.value ?? serverValue(data, IDLE_TIMEOUT);
    const facts = {
      readOnlyFor,
      pendingRestart: data.settings.filter(({ pendingRestart }) => pendingRestart).map(({ name }) => name),
      idleInTransactionTimeout: idleTimeout,
      maxConnections: serverValue(data, 'max_connections'),
    };
    if (readOnlyFor.length > 0)
      return { verdict: 'fail', summary: `Sessions are read-only: ${READ_ONLY} is on for ${some(readOnlyFor)}.`, facts };
    if (facts.pendingRestart.length > 0)
      return {
        verdict: 'warn',
        summary: `Changed, and in force only after a restart of the server: ${some(facts.pendingRestart)}.`,
        facts,
      };
    return { verdict: 'ok', summary: `Nothing waits for a restart, and nothing forbids writes. ${hint(idleTimeout)}`, facts };
  },
});

function hint(idleTimeout: string | null): string {
  if (idleTimeout === null)
    return `Whether forgotten transactions are ended (${IDLE_TIMEOUT}) is hidden by the setting of the bot's own role.`;
  return /^0(?:ms)?$/.test(idleTimeout)
    ? `Hint: ${IDLE_TIMEOUT} is 0, so a session that forgets its transaction keeps it for ever.`
    : `Sessions are ended after ${idleTimeout} idle in a transaction.`;
}

const serverValue = ({ settings }: ServerSettings, wanted: string) => settings.find(({ name }) => name === wanted)?.value ?? null;

function whose({ database, role }: ServerSettings['own'][number]): string {
  if (role === '') return `DATABASE ${database}`;
  return database === '' ? `ROLE ${role}` : `ROLE ${role} IN DATABASE ${database}`;
}

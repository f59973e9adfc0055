import { pgConnect } from '../checks/pg.connect.ts';
import { anyOf } from '../rules/rule.ts';
import { bothSides, botMeets, DATABASE_CONSEQUENCES, DATABASE_SYMPTOMS, loggedTimes } from '../signs/database.ts';
import { errorsAreHigh } from '../signs/latency.ts';
import { podsLogged } from '../signs/logs.ts';
import { defineCause } from '../types.ts';

const podsCannotEncrypt = podsLogged('log.npgsql.tls', 'no encrypted connection to PostgreSQL comes about');
const botCannotEither = botMeets('tls', 'gets no encrypted connection');

export const databaseTls = defineCause({
  id: 'db.tls',
  title: 'The encrypted connection to PostgreSQL does not come about',
  requires: [podsCannotEncrypt],
  direct: anyOf(botCannotEither, podsCannotEncrypt),
  supports: [botCannotEither, errorsAreHigh],
  explains: [...DATABASE_SYMPTOMS, ...DATABASE_CONSEQUENCES],
  summary: (context) => {
    const connect = context.facts(pgConnect);
    const how = connect?.fault === 'tls' ? ` The bot is told ${connect.code ?? 'that the server offers no TLS'}.` : '';
    return `${loggedTimes(context, 'log.npgsql.tls')} could not agree on TLS with PostgreSQL.${how} ${bothSides(context, 'tls', 'the certificate or the TLS setting of the server does not suit what the pods insist on.')}`;
  },
  advice: (context) => [
    context.facts(pgConnect)?.code === 'CERT_HAS_EXPIRED'
      ? 'Renew the certificate of the server (ssl_cert_file), then SELECT pg_reload_conf(): no restart is needed. Do not switch the verification off.'
      : 'Look at the certificate of the server: echo | openssl s_client -starttls postgres -connect HOST:5432 | openssl x509 -noout -dates -issuer -ext subjectAltName. Renew or replace it, or set ssl = on again, then SELECT pg_reload_conf(). Do not switch the verification off.',
  ],
});

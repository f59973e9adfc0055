import { databaseNameUnknown } from '../../../src/diagnostics/causes/db.unreachable.dns.ts';
import { describeUnreachable } from '../support/unreachable-database.ts';

describeUnreachable(databaseNameUnknown, { signature: 'log.npgsql.dns', fault: 'dns', code: 'ENOTFOUND' });

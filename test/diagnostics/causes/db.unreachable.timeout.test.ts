import { databaseSilent } from '../../../src/diagnostics/causes/db.unreachable.timeout.ts';
import { describeUnreachable } from '../support/unreachable-database.ts';

describeUnreachable(databaseSilent, { signature: 'log.npgsql.connect_timeout', fault: 'timeout', code: '' });

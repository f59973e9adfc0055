import { databaseRefused } from '../../../src/diagnostics/causes/db.unreachable.refused.ts';
import { describeUnreachable } from '../support/unreachable-database.ts';

describeUnreachable(databaseRefused, { signature: 'log.npgsql.refused', fault: 'refused', code: 'ECONNREFUSED' });

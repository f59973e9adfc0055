import { defineTopic } from '../types.ts';

export const queries = defineTopic({
  id: 'queries',
  title: 'Database queries',
  aliases: ['sql', 'indexes'],
  guideSection: 'Optimize Database Queries',
  runbooks: [{ title: 'Operations', path: 'OPERATIONS_GUIDE.md' }],
  question: 'Are database queries quick?',
  causes: [
    'db.fk_without_index',
    'db.index_invalid',
    'db.lock.ddl_queue',
    'db.lock.idle_tx',
    'db.lock.long_query',
    'db.lock.maintenance',
    'db.lock.prepared',
    'db.slow_query.missing_index',
    'db.slow_query.other',
    'db.stale_stats',
  ],
  symptoms: ['pg.locks', 'pg.long_queries', 'pg.indexes'],
  context: ['pg.activity', 'pg.capacity', 'pg.connect', 'pg.statements', 'prom.latency'],
});

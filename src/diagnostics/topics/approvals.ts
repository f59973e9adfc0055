import { defineTopic } from '../types.ts';

export const approvals = defineTopic({
  id: 'approvals',
  title: 'Approvals',
  aliases: ['approval'],
  takesExecution: true,
  guideSection: 'Approval Workflow Not Working',
  runbooks: [{ title: 'Operations', path: 'OPERATIONS_GUIDE.md' }],
  question: 'Are approvals handled in time?',
  causes: [
    'approval.clock',
    'approval.cross_instance',
    'approval.interval_misconfigured',
    'approval.not_created',
    'approval.row_locked',
    'approval.timeout_worker_dead',
    'approval.worker_db_error',
    'approval.worker_young',
    'db.lock.ddl_queue',
    'db.lock.idle_tx',
    'db.lock.long_query',
    'db.lock.maintenance',
    'db.lock.prepared',
    'job.waiting_approval',
  ],
  symptoms: ['http.deployment', 'pg.approvals', 'prom.approvals'],
  context: ['app.workers', 'k8s.deployment', 'k8s.logs', 'k8s.pods', 'pg.approvals_recent', 'pg.connect', 'pg.locks'],
});

import { defineTopic } from '../types.ts';

export const deployment = defineTopic({
  id: 'deployment',
  title: 'Stuck deployment',
  aliases: ['stuck'],
  question: 'Does every deployment go on?',
  takesExecution: true,
  guideSection: 'Deployment Stuck in "Running" State',
  causes: [
    'approval.cross_instance',
    'db.lock.ddl_queue',
    'db.lock.idle_tx',
    'db.lock.long_query',
    'db.lock.maintenance',
    'db.lock.prepared',
    'job.blocked',
    'job.failed_permanently',
    'job.no_row',
    'job.orphaned',
    'job.processor_dead',
    'job.retry_backoff',
    'job.silent',
    'job.slow_but_alive',
    'job.waiting_approval',
  ],
  symptoms: ['http.deployment', 'pg.job_queue', 'pg.jobs'],
  context: ['k8s.deployment', 'k8s.logs', 'k8s.pods', 'pg.approvals', 'pg.connect', 'pg.locks'],
});

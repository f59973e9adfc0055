-- Up Migration

-- As whom somebody decided (a principal of the policy), by which way, why, and whether alone.
ALTER TABLE decisions
  ADD COLUMN decided_as text NOT NULL DEFAULT 'role:approvers',
  ADD COLUMN via text NOT NULL DEFAULT 'slack' CHECK (via IN ('slack', 'signature')),
  ADD COLUMN reason text NOT NULL DEFAULT '',
  ADD COLUMN break_glass boolean NOT NULL DEFAULT false;

-- Requests from before there was a policy: the rule that they were made under, which was the same for all.
UPDATE requests SET record = (record - 'approverGroup' - 'quorum') || jsonb_build_object(
  'overrides', coalesce(record -> 'overrides', '[]'),
  'requesterPrincipals', jsonb_build_array('members', 'user:' || (record ->> 'requester')),
  'plan', CASE WHEN jsonb_typeof(record -> 'plan') = 'object'
    THEN '{"temporary": false, "unchecked": []}'::jsonb || (record -> 'plan') ELSE 'null' END,
  'refusal', CASE WHEN jsonb_typeof(record -> 'refusal') = 'object'
    THEN '{"overridable": []}'::jsonb || (record -> 'refusal') ELSE 'null' END,
  'rule', CASE WHEN jsonb_typeof(record -> 'plan') = 'object' THEN jsonb_build_object(
    'name', 'defaults', 'request', '["members"]'::jsonb, 'approve', '["role:approvers"]'::jsonb,
    'approvers', jsonb_build_array('group:' || (record ->> 'approverGroup')), 'quorum', record -> 'quorum',
    'requesterCounts', false, 'reasonRequired', false, 'expiresAfterSeconds', 900,
    'ladder', '{"remindAfterSeconds": null, "widenAfterSeconds": null, "widenTo": [], "pageAfterSeconds": null}'::jsonb,
    'breakGlass', NULL, 'overrideAllowed', false, 'freeze', true) ELSE 'null' END,
  'decisions', (SELECT coalesce(jsonb_agg(decision || jsonb_build_object(
      'as', 'role:approvers', 'via', 'slack', 'reason', '', 'breakGlass', false,
      'principals', jsonb_build_array('user:' || (decision ->> 'by'), 'group:' || (record ->> 'approverGroup')))), '[]')
    FROM jsonb_array_elements(record -> 'decisions') AS decision))
  WHERE record ? 'approverGroup';

-- Down Migration

ALTER TABLE decisions DROP COLUMN decided_as, DROP COLUMN via, DROP COLUMN reason, DROP COLUMN break_glass;

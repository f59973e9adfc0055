import { z } from 'zod';

/** What the control API and the page speak, request and answer. */

const typedSchema = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

export const saySchema = z.object({ user: z.string(), channel: z.string(), text: z.string(), threadTs: z.string().optional() });

export const clickSchema = z.object({
  user: z.string(),
  channel: z.string().optional(),
  ts: z.string().optional(),
  viewId: z.string().optional(),
  actionId: z.string().optional(),
  blockId: z.string().optional(),
  label: z.string().optional(),
  value: z.union([z.string(), z.array(z.string())]).optional(),
  typed: typedSchema.optional(),
});

export const pressSchema = z.object({ user: z.string(), channel: z.string(), actionId: z.string(), value: z.string() });
export const submitSchema = z.object({ user: z.string(), viewId: z.string(), typed: typedSchema.default({}) });
export const dismissSchema = z.object({ user: z.string(), viewId: z.string() });
export const shortcutSchema = z.object({ user: z.string(), channel: z.string(), ts: z.string(), callbackId: z.string() });
export const homeSchema = z.object({ user: z.string() });
export const memberSchema = z.object({ channel: z.string(), user: z.string(), member: z.boolean() });
export const usergroupSchema = z.object({ id: z.string(), users: z.array(z.string()) });
export const limitsSchema = z.object({ enabled: z.boolean() });
export const socketsSchema = z.object({ action: z.enum(['refresh', 'drop']) });

export const outcomeSchema = z.object({
  ok: z.boolean(),
  ts: z.string().optional(),
  error: z.string().optional(),
  text: z.string().optional(),
  fields: z.record(z.string(), z.string()).optional(),
});
export type ActOutcome = z.infer<typeof outcomeSchema>;

const block = z.looseObject({ type: z.string(), block_id: z.string().optional() });

export const messageSchema = z.object({
  channel: z.string(),
  ts: z.string(),
  threadTs: z.string().optional(),
  user: z.string(),
  byApp: z.boolean(),
  text: z.string(),
  blocks: z.array(block),
  metadata: z.unknown().optional(),
  fileIds: z.array(z.string()),
  edited: z.boolean(),
  pinned: z.boolean(),
  onlyFor: z.string().optional(),
  rev: z.number(),
});
export type SeenMessage = z.infer<typeof messageSchema>;

export const viewSchema = z.object({
  id: z.string(),
  user: z.string(),
  kind: z.enum(['modal', 'home']),
  hash: z.string(),
  content: z.record(z.string(), z.unknown()),
  blocks: z.array(block),
});
export type SeenView = z.infer<typeof viewSchema>;

export const deliverySchema = z.object({
  seq: z.number(),
  at: z.number(),
  type: z.enum(['slash_commands', 'interactive', 'events_api']),
  what: z.string(),
  envelopeId: z.string(),
  attempt: z.number(),
  payload: z.record(z.string(), z.unknown()),
  outcome: z.string(),
});

export const callSchema = z.object({
  at: z.number(),
  method: z.string(),
  args: z.record(z.string(), z.unknown()),
  status: z.number(),
  result: z.record(z.string(), z.unknown()),
});

export const fileSchema = z.object({
  id: z.string(),
  name: z.string(),
  title: z.string(),
  length: z.number(),
  channels: z.array(z.string()),
});

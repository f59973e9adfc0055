import { z } from 'zod';

/** Slack's text objects and options with their limits (@slack/types 3.2.0, docs.slack.dev/reference/block-kit). */

const text = (max: number) => z.string().min(1).max(max);

export const plainText = (max = 3000) => z.strictObject({ type: z.literal('plain_text'), text: text(max), emoji: z.boolean().optional() });

export const mrkdwnText = (max = 3000) => z.strictObject({ type: z.literal('mrkdwn'), text: text(max), verbatim: z.boolean().optional() });

export const anyText = (max = 3000) => z.discriminatedUnion('type', [plainText(max), mrkdwnText(max)]);

export const id255 = z.string().min(1).max(255);
export const webUrl = z
  .string()
  .max(3000)
  .regex(/^(https?|mailto|slack):/, 'invalid url');

export const confirmObject = z.strictObject({
  title: plainText(100),
  text: anyText(300),
  confirm: plainText(30),
  deny: plainText(30),
  style: z.enum(['primary', 'danger']).optional(),
});

export const plainOption = z.strictObject({
  text: plainText(75),
  value: z.string().min(1).max(150),
  description: plainText(75).optional(),
});

export const richOption = z.strictObject({
  text: anyText(75),
  value: z.string().min(1).max(150),
  description: anyText(75).optional(),
});

export const overflowOption = plainOption.extend({ url: webUrl.optional() });

export const optionGroup = z.strictObject({ label: plainText(75), options: z.array(plainOption).min(1).max(100) });

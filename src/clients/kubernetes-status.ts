import { z } from 'zod';

const Body = z.object({
  kind: z.literal('Status'),
  message: z.string().default(''),
  details: z.object({ name: z.string().optional(), kind: z.string().optional() }).nullish(),
});

/** What a refusal of the Kubernetes API says. */
export interface KubernetesStatus {
  /** A sentence; empty where it says nothing. */
  readonly message: string;
  /** Whether a 404 is about an object. Otherwise it is about the API itself, which this cluster does not serve. */
  readonly namesObject: boolean;
}

/**
 * Reads the body of a refusal. An API that is not served is answered with the text "404 page not found", or, by servers
 * as old as 1.20, with a Status whose details are empty; an object that is not there is named in the details.
 */
export function readKubernetesStatus(body: unknown): KubernetesStatus {
  try {
    const { data } = Body.safeParse(typeof body === 'string' ? JSON.parse(body) : body);
    const { name, kind } = data?.details ?? {};
    return { message: sentence(data?.message ?? ''), namesObject: (name ?? kind) !== undefined };
  } catch {
    return { message: '', namesObject: false };
  }
}

/** The API's messages end without a full stop, and more is said behind them. */
const sentence = (text: string) => (/[\p{L}\p{N}"')]$/u.test(text) ? `${text}.` : text);

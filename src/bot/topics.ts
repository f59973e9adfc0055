/** The topics that can be diagnosed. */
export const TOPICS: readonly { readonly id: string; readonly aliases: readonly string[] }[] = [{ id: 'latency', aliases: ['slow'] }];

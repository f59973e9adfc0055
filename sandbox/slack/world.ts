import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendJson } from './http.ts';

/**
 * The side panel that the sandbox fills. Keys are `METHOD /path` below /world, with `:name` for a variable part:
 * `GET /incidents` -> [{id, title, topic, state: idle|starting|ready|stopping, detail}], `GET /status` -> {label: value},
 * `POST /incidents/:id/start`, `POST /incidents/:id/stop`; `GET /mystery` -> {broken: {title, state, detail, truth?} or null},
 * `POST /mystery/start`, `/reveal`, `/repair`. What a handler returns is sent as JSON.
 */
export type WorldRoutes = Readonly<Record<string, (parameters: Readonly<Record<string, string>>) => unknown>>;

/** Answers a request below /world; 404 where the sandbox gave no such route. */
export async function serveWorld(routes: WorldRoutes, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [key, handler] of Object.entries(routes)) {
    const [method, pattern = ''] = key.split(' ');
    const parameters = method === request.method ? match(pattern, path) : undefined;
    if (!parameters) continue;
    try {
      return sendJson(response, 200, (await handler(parameters)) ?? { ok: true });
    } catch (error) {
      return sendJson(response, 500, { ok: false, error: error instanceof Error ? error.message : String(error) });
    }
  }
  sendJson(response, 404, { ok: false, error: 'not_found' });
}

function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = decodeURIComponent(given[index] ?? '');
    if (part.startsWith(':')) parameters[part.slice(1)] = value;
    else if (part !== value) return undefined;
  }
  return parameters;
}

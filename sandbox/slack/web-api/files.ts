import { createReadStream, createWriteStream } from 'node:fs';
import { stat, unlink } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { Core } from '../core.ts';
import { fileShape } from '../shapes.ts';
import { newId, type StoredFile } from '../state.ts';
import { readBlocks } from './chat.ts';
import { json, type Method, required, SlackError, text, writableChannel } from './method.ts';

/** Files as apps send them today: ask for an address, send the bytes, say where the file belongs. */

const getUploadUrl: Method = {
  scopes: ['files:write'],
  run(core, args) {
    const name = required(args, 'filename');
    const length = Number(required(args, 'length'));
    if (!Number.isInteger(length) || length < 1) throw new SlackError('invalid_arguments');
    const id = newId('F');
    const altText = text(args, 'alt_text') ?? text(args, 'alt_txt');
    core.state.files.set(id, {
      id,
      name,
      length,
      created: Math.floor(Date.now() / 1000),
      path: join(core.filesDir, id),
      title: name,
      uploaded: false,
      completed: false,
      channels: [],
      ...(altText === undefined ? {} : { altText }),
    });
    return { upload_url: `${core.baseUrl}/upload/${id}`, file_id: id };
  },
};

/** Takes the bytes of an upload, raw or as a form with one file. Returns the HTTP status. */
export async function receiveUpload(core: Core, id: string, request: IncomingMessage): Promise<number> {
  const file = core.state.files.get(id);
  if (!file || file.uploaded) return 404;
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('multipart/form-data')) {
    const form = await new Response(Readable.toWeb(request), { headers: { 'content-type': type } }).formData();
    const part = [...form.values()].find((value) => typeof value !== 'string');
    if (part === undefined || typeof part === 'string') return 400;
    await pipeline(Readable.fromWeb(part.stream()), createWriteStream(file.path));
  } else {
    await pipeline(request, createWriteStream(file.path));
  }
  if ((await stat(file.path)).size !== file.length) return 400;
  file.uploaded = true;
  return 200;
}

const listed = z.array(z.looseObject({ id: z.string(), title: z.string().optional() })).min(1);

const complete: Method = {
  scopes: ['files:write'],
  run(core, args) {
    const asked = listed.safeParse(json(args, 'files', 'invalid_arguments'));
    if (!asked.success) throw new SlackError('invalid_arguments');
    const files = asked.data.map(({ id, title }) => {
      const file = core.state.files.get(id);
      if (!file?.uploaded || file.completed) throw new SlackError('file_not_found');
      file.title = title ?? file.title;
      return file;
    });
    const target = text(args, 'channel_id');
    const channel = target === undefined ? undefined : writableChannel(core, target);
    const threadTs = text(args, 'thread_ts');
    if (channel && threadTs !== undefined && !core.state.message(channel.id, threadTs)) throw new SlackError('thread_not_found');
    const blocks = readBlocks(json(args, 'blocks', 'invalid_blocks_format')) ?? [];
    for (const file of files) finish(file, channel?.id);
    if (channel) {
      core.state.addMessage({
        channel: channel.id,
        user: core.state.workspace.app.botUserId,
        byApp: true,
        text: text(args, 'initial_comment') ?? '',
        blocks,
        fileIds: files.map((file) => file.id),
        ...(threadTs === undefined ? {} : { threadTs }),
      });
    }
    return { files: files.map(fileShape) };
  },
};

function finish(file: StoredFile, channel: string | undefined): void {
  file.completed = true;
  if (channel !== undefined) file.channels.push(channel);
}

function fileOf(core: Core, id: string): StoredFile {
  const file = core.state.files.get(id);
  if (!file?.completed) throw new SlackError('file_not_found');
  return file;
}

const info: Method = {
  scopes: ['files:read'],
  run: (core, args) => ({ file: fileShape(fileOf(core, required(args, 'file', 'file_not_found'))) }),
};

const list: Method = {
  scopes: ['files:read'],
  run: (core) => ({ files: [...core.state.files.values()].filter((file) => file.completed).map(fileShape) }),
};

const remove: Method = {
  scopes: ['files:write'],
  async run(core, args) {
    const file = fileOf(core, required(args, 'file', 'file_not_found'));
    core.state.files.delete(file.id);
    for (const message of core.state.messages.filter((item) => item.fileIds.includes(file.id))) {
      message.fileIds = message.fileIds.filter((id) => id !== file.id);
      core.state.touch(message);
    }
    await unlink(file.path);
    return {};
  },
};

/** The bytes of a file, or undefined where there is none. */
export function openFile(core: Core, id: string): { file: StoredFile; stream: Readable } | undefined {
  const file = core.state.files.get(id);
  return file?.completed ? { file, stream: createReadStream(file.path) } : undefined;
}

export const fileMethods: Record<string, Method> = {
  'files.getUploadURLExternal': getUploadUrl,
  'files.completeUploadExternal': complete,
  'files.info': info,
  'files.list': list,
  'files.delete': remove,
};

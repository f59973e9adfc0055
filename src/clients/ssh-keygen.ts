import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Signatures of OpenSSH (ssh-keygen(1), -Y sign and -Y verify). It is started without a shell, and for a bounded time. */

/** ssh-keygen is not installed, or did not answer: nothing is known of the signature. */
export class SshKeygenError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SshKeygenError';
  }
}

const VERIFY_WITHIN_MS = 5_000;
/** A person may have to type a passphrase, or touch a key. */
const SIGN_WITHIN_MS = 120_000;
const LONGEST_OUTPUT = 20_000;

export interface Signed {
  readonly text: string;
  /** The signature as ssh-keygen writes it, in its armour. */
  readonly signature: string;
  readonly namespace: string;
}

/**
 * Whether one of these public keys, and no other, signed exactly this text in this namespace.
 * @throws SshKeygenError where that cannot be found out.
 */
export async function verifySignature({ text, signature, namespace }: Signed, signer: string, keys: readonly string[]): Promise<boolean> {
  if (keys.length === 0) return false;
  const folder = await mkdtemp(join(tmpdir(), 'hotswap-signature-'));
  try {
    const allowed = join(folder, 'allowed_signers');
    const armoured = join(folder, 'signature');
    await writeFile(allowed, keys.map((key) => `${signer} namespaces="${namespace}" ${keyOf(key)}\n`).join(''));
    await writeFile(armoured, signature);
    const child = spawn('ssh-keygen', ['-Y', 'verify', '-f', allowed, '-I', signer, '-n', namespace, '-s', armoured], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { PATH: '/usr/local/bin:/usr/bin:/bin' }, // and nothing of what this process knows
      timeout: VERIFY_WITHIN_MS,
      killSignal: 'SIGKILL',
    });
    const { code } = await ended(child, text, VERIFY_WITHIN_MS);
    return code === 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Signs a text with a private key, or with the one of an agent that belongs to a public key. A passphrase is asked for in the terminal.
 * @throws SshKeygenError where there is no signature.
 */
export async function signText(text: string, keyFile: string, namespace: string): Promise<string> {
  const child = spawn('ssh-keygen', ['-Y', 'sign', '-f', keyFile, '-n', namespace], {
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: SIGN_WITHIN_MS,
    killSignal: 'SIGKILL',
  });
  const { code, output, errors } = await ended(child, text, SIGN_WITHIN_MS);
  if (code !== 0 || !output.startsWith('-----BEGIN SSH SIGNATURE-----'))
    throw new SshKeygenError(`ssh-keygen could not sign with ${keyFile}: ${errors.trim().split('\n').at(-1) ?? 'no reason given'}`);
  return output;
}

/** Type and body of a public key; a comment might hold anything. */
function keyOf(line: string): string {
  return line.trim().split(/\s+/).slice(0, 2).join(' ');
}

interface Ended {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

function ended(child: ChildProcess, input: string, withinMs: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let output = '';
    let errors = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output = `${output}${chunk.toString()}`.slice(0, LONGEST_OUTPUT);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      errors = `${errors}${chunk.toString()}`.slice(0, LONGEST_OUTPUT);
    });
    child.once('error', (cause: NodeJS.ErrnoException) => {
      const missing = cause.code === 'ENOENT';
      const message = missing
        ? 'ssh-keygen is not installed (package openssh-client)'
        : `ssh-keygen could not be started: ${cause.message}`;
      reject(new SshKeygenError(message, { cause }));
    });
    child.once('close', (code) => {
      if (code === null) reject(new SshKeygenError(`ssh-keygen did not answer within ${withinMs / 1_000} s`));
      else resolve({ code, output, errors });
    });
    child.stdin?.on('error', () => {}); // it may end without reading; its exit code says why
    child.stdin?.end(input);
  });
}

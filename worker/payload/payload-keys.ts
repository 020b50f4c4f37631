import { readFileSync, statSync } from 'node:fs';

export interface PayloadKey {
  /** Stands in the clear beside each payload. */
  readonly id: string;
  /** 32 bytes. */
  readonly secret: Buffer;
}

/** The first encrypts; all decrypt. */
export type PayloadKeys = readonly [PayloadKey, ...PayloadKey[]];

/** `ASSAY_PAYLOAD_KEYS` or the file it names does not hold keys. */
export class PayloadKeySettingError extends Error {
  override readonly name = 'PayloadKeySettingError';
}

const KEY_BYTES = 32;
const EXPECTED = `expected NAME:KEY with a key of ${KEY_BYTES} bytes in base64, as \`echo "k1:$(openssl rand -base64 ${KEY_BYTES})"\` prints`;

function parseKey(text: string, place: string): PayloadKey {
  // Never the text itself in a message: it may be a secret.
  const [, id, encoded] = /^([\w.-]+):([A-Za-z0-9+/]+=*)$/.exec(text) ?? [];
  if (id === undefined || encoded === undefined) {
    throw new PayloadKeySettingError(`${place} is not a key; ${EXPECTED}`);
  }
  const secret = Buffer.from(encoded, 'base64');
  if (secret.byteLength !== KEY_BYTES) {
    throw new PayloadKeySettingError(
      `${place} ("${id}") has a key of ${secret.byteLength} bytes; ${EXPECTED}`,
    );
  }
  return { id, secret };
}

function readKeyFile(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new PayloadKeySettingError(
      `ASSAY_PAYLOAD_KEYS names ${path}, which cannot be read: ${(error as Error).message}; ${EXPECTED}, or the path of a file with one such line per key`,
    );
  }
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    throw new PayloadKeySettingError(
      `the key file ${path} is open to other users (mode ${mode.toString(8)}); chmod 600 ${path}`,
    );
  }
  return text.split('\n').map((line) => line.replace(/#.*/, '').trim());
}

/**
 * The keys of the setting `ASSAY_PAYLOAD_KEYS`: `NAME:BASE64` entries separated by commas, or the path of a file with one entry a
 * line. Null when it is not set: payloads then travel as they are.
 *
 * @throws {PayloadKeySettingError}
 */
export function readPayloadKeys(environment: NodeJS.ProcessEnv): PayloadKeys | null {
  const { ASSAY_PAYLOAD_KEYS: setting = '' } = environment;
  if (setting === '') return null;
  const isInline = setting.includes(':');
  const place = isInline ? 'ASSAY_PAYLOAD_KEYS' : setting;
  const lines = isInline ? setting.split(',').map((entry) => entry.trim()) : readKeyFile(setting);
  const keys = lines.flatMap((line, i) =>
    line === '' ? [] : [parseKey(line, `entry ${i + 1} of ${place}`)],
  );
  const [first, ...others] = keys;
  if (first === undefined) throw new PayloadKeySettingError(`${place} holds no key; ${EXPECTED}`);
  const names = new Set(keys.map((key) => key.id));
  if (names.size < keys.length)
    throw new PayloadKeySettingError(`${place} names two keys alike; give each its own name`);
  return [first, ...others];
}

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import protocol from '@temporalio/proto';
import type { PayloadKey, PayloadKeys } from './payload-keys.ts';

/** What Temporal handed back was not written by a holder of the key, or has been changed since. */
export class PayloadTamperedError extends Error {
  override readonly name = 'PayloadTamperedError';
}

/** A payload was encrypted with a key that this process does not have: add it to the list of keys. */
export class PayloadKeyMissingError extends Error {
  override readonly name = 'PayloadKeyMissingError';
}

const { Payload: PayloadMessage } = protocol.temporal.api.common.v1;

const ENCODING = 'binary/encrypted';
const CIPHER = 'aes-256-gcm';
/** 96 random bits per payload, as GCM is defined for. */
const IV_BYTES = 12;
const TAG_BYTES = 16;

const utf8 = { encoder: new TextEncoder(), decoder: new TextDecoder() };

function textOf(payload: Payload, field: string): string {
  const bytes = payload.metadata?.[field];
  return bytes === undefined || bytes === null ? '' : utf8.decoder.decode(bytes);
}

function encrypt(payload: Payload, key: PayloadKey): Payload {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key.secret, iv);
  const plain = PayloadMessage.encode(payload).finish();
  const data = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  const metadata = {
    encoding: utf8.encoder.encode(ENCODING),
    'encryption-cipher': utf8.encoder.encode('AES/GCM'),
    'encryption-key-id': utf8.encoder.encode(key.id),
  };
  return { metadata, data: new Uint8Array(data) };
}

function findKey(keys: PayloadKeys, id: string): PayloadKey {
  const found = keys.find((key) => key.id === id);
  if (found !== undefined) return found;
  throw new PayloadKeyMissingError(
    `a payload was encrypted with the key "${id}", and this process has ${keys.map((key) => `"${key.id}"`).join(', ')}; ` +
      'add it to the end of ASSAY_PAYLOAD_KEYS here',
  );
}

function decrypt(payload: Payload, keys: PayloadKeys): Payload {
  const encoding = textOf(payload, 'encoding');
  if (encoding !== ENCODING) {
    throw new PayloadTamperedError(
      `a payload came back as ${encoding === '' ? 'no encoding' : encoding} where ${ENCODING} was expected: ASSAY_PAYLOAD_KEYS was ` +
        'set while a matrix was under way, or someone else writes to this Temporal namespace. For the first, finish the matrix without the keys',
    );
  }
  const { id, secret } = findKey(keys, textOf(payload, 'encryption-key-id'));
  const data = payload.data ?? new Uint8Array();
  try {
    const decipher = createDecipheriv(CIPHER, secret, data.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(data.subarray(-TAG_BYTES));
    const plain = [decipher.update(data.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()];
    return PayloadMessage.decode(Buffer.concat(plain));
  } catch (error) {
    throw new PayloadTamperedError(
      `a payload of ${data.byteLength} bytes does not match its authentication tag under the key "${id}": it was changed after it was ` +
        'written, or the key behind this name differs between hosts',
      { cause: error },
    );
  }
}

/**
 * Encrypts whatever Temporal stores with AES-256-GCM under the first key; decrypts with any key of the list. The form is that of
 * Temporal's own encryption samples (IV, cipher text, tag; key id in the metadata), so their codec servers read it.
 *
 * @throws {PayloadTamperedError} on decoding what is not encrypted, or was changed
 * @throws {PayloadKeyMissingError} on decoding what another key encrypted
 */
export function createPayloadCodec(keys: PayloadKeys): PayloadCodec {
  return {
    encode: (payloads) => Promise.resolve(payloads.map((payload) => encrypt(payload, keys[0]))),
    // Async, so that a refusal rejects instead of throwing.
    decode: async (payloads) => payloads.map((payload) => decrypt(payload, keys)),
  };
}

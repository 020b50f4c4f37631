import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

/** Tens of milliseconds of hashing, between which heartbeats go out. */
const SLICE_BYTES = 32 * 2 ** 20;

/** SHA-256 in hexadecimal; the event loop runs between slices of 32 MiB. */
export async function hashContent(bytes: Uint8Array, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for (let from = 0; from < bytes.byteLength; from += SLICE_BYTES) {
    if (from > 0) await setImmediate();
    signal?.throwIfAborted();
    hash.update(bytes.subarray(from, from + SLICE_BYTES));
  }
  return hash.digest('hex');
}

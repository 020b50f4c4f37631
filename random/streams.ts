/**
 * Counter-based random streams: every draw is a pure function of (seed, stream name, counters), so a repeated activity
 * repeats its draws and what one problem samples does not depend on the batch it was sampled in.
 *
 * Generator: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 */

/** A named child of a seed: the 64-bit Philox key, as two unsigned 32-bit words. */
export interface Stream {
  readonly key: readonly [number, number];
}

const MULTIPLIER_A = 0xd2511f53;
const MULTIPLIER_B = 0xcd9e8d57;
const WEYL_A = 0x9e3779b9;
const WEYL_B = 0xbb67ae85;
const ROUNDS = 10;

/** High 32 bits of the unsigned 64-bit product of two unsigned 32-bit words. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + (middle >>> 16) + Math.floor(carry / 0x10000)) >>> 0;
}

/** One Philox4x32-10 block: four unsigned 32-bit words for a 64-bit key and a 128-bit counter. */
export function philox(
  key: readonly [number, number],
  counter: readonly [number, number, number, number],
): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round += 1) {
    const highA = multiplyHigh(MULTIPLIER_A, c0);
    const lowA = Math.imul(MULTIPLIER_A, c0) >>> 0;
    const highB = multiplyHigh(MULTIPLIER_B, c2);
    const lowB = Math.imul(MULTIPLIER_B, c2) >>> 0;
    c0 = (highB ^ c1 ^ k0) >>> 0;
    c1 = lowB;
    c2 = (highA ^ c3 ^ k1) >>> 0;
    c3 = lowA;
    k0 = (k0 + WEYL_A) >>> 0;
    k1 = (k1 + WEYL_B) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** FNV-1a of a text's UTF-16 units, 32 bits; the offset makes two independent words from one text. */
export function hashText(text: string, offset = 0x811c9dc5): number {
  let hash = offset >>> 0;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return hash;
}

/**
 * The stream `name` of `seed`. Different names or seeds give unrelated streams.
 *
 * @param seed integer, any size exactly representable as a number
 * @param name names the purpose, e.g. `'sample'`, `'corpus'`; the published derivation is Philox(hash(name), seed)
 */
export function deriveStream(seed: number, name: string): Stream {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`a seed must be a safe integer, found ${seed}`);
  const low = seed >>> 0;
  const high = Math.floor(seed / 0x1_0000_0000) >>> 0;
  const block = philox([hashText(name), hashText(name, 0x9747b28c)], [low, high, 0, 0]);
  return { key: [block[0], block[1]] };
}

/**
 * One uniform number in [0, 1) with 32 random bits, at four counters such as (step, problem, sample, position).
 * Counters are non-negative integers below 2^32.
 */
export function uniformAt(stream: Stream, a: number, b = 0, c = 0, d = 0): number {
  return philox(stream.key, [a, b, c, d])[0] / 0x1_0000_0000;
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CheckpointFormatError } from './checkpoint-format-error.ts';
import { encodeSafetensors, parseSafetensors, type StoredTensor } from './safetensors.ts';

/** A file with this header and so many bytes of data. */
function createFile(header: unknown, dataBytes: number | Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const data = typeof dataBytes === 'number' ? new Uint8Array(dataBytes) : dataBytes;
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return Buffer.concat([length, text, data]);
}

const tensors = new Map<string, StoredTensor>([
  ['b', { dtype: 'F32', shape: [2, 2], values: Float32Array.of(1, -2.5, 3e-8, Infinity) }],
  ['a', { dtype: 'I32', shape: [3], values: Int32Array.of(-1, 0, 7) }],
  ['c', { dtype: 'U8', shape: [1, 5], values: Uint8Array.of(1, 2, 3, 4, 255) }],
  ['empty', { dtype: 'F32', shape: [0, 4], values: new Float32Array(0) }],
]);

test('what is encoded is parsed back, and the bytes do not depend on insertion order', () => {
  const bytes = encodeSafetensors(tensors);
  assert.deepEqual(parseSafetensors(bytes), new Map([...tensors].sort(([a], [b]) => (a < b ? -1 : 1))));
  assert.deepEqual(encodeSafetensors(new Map([...tensors].reverse())), bytes);
  const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.equal(headerBytes % 8, 0);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes))) as object;
  assert.deepEqual(Object.entries(header)[0], ['__metadata__', { format: 'pt' }]);
});

test('a file of the reference library is read, at any offset in memory', () => {
  const path = new URL('../../tests/fixtures/language-models/llama-gqa/model.safetensors', import.meta.url);
  const file = readFileSync(path);
  const shifted = new Uint8Array(file.length + 3);
  shifted.set(file, 3);
  const weights = parseSafetensors(shifted.subarray(3));
  assert.deepEqual(weights.get('model.layers.1.self_attn.k_proj.weight')?.shape, [16, 32]);
  assert.deepEqual(weights, parseSafetensors(file));
});

test('half and brain floats are widened exactly', () => {
  // float16: 1, −2, smallest subnormal 2^−24, largest 65504, infinity; bfloat16: 1, −2, 3.140625, 2^−126
  const bits = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0x3f80, 0xc000, 0x4049, 0x0080);
  const header = {
    half: { dtype: 'F16', shape: [5], data_offsets: [0, 10] },
    brain: { dtype: 'BF16', shape: [2, 2], data_offsets: [10, 18] },
  };
  const parsed = parseSafetensors(createFile(header, new Uint8Array(bits.buffer)));
  assert.deepEqual(parsed.get('half')?.values, Float32Array.of(1, -2, 2 ** -24, 65504, Infinity));
  assert.deepEqual(parsed.get('brain'), {
    dtype: 'F32',
    shape: [2, 2],
    values: Float32Array.of(1, -2, 3.140625, 2 ** -126),
  });
});

test('headers that lie are refused', () => {
  const entry = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
  const hostile: [string, Uint8Array][] = [
    ['no bytes', new Uint8Array(0)],
    ['too short', new Uint8Array(7)],
    ['length beyond the file', Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 123)],
    ['not JSON', createFile('{', 0)],
    ['not UTF-8', createFile('', 0).fill(0xff, 8)],
    ['an array', createFile([], 0)],
    ['beyond the data', createFile({ a: { ...entry, data_offsets: [8, 16] } }, 8)],
    ['backwards', createFile({ a: { ...entry, data_offsets: [8, 0] } }, 8)],
    ['negative', createFile({ a: { ...entry, data_offsets: [-8, 0] } }, 8)],
    ['fractions', createFile({ a: { ...entry, shape: [0.5, 4] } }, 8)],
    ['size and shape differ', createFile({ a: { ...entry, shape: [3] } }, 8)],
    ['overflowing shape', createFile({ a: { ...entry, shape: [2 ** 52, 2 ** 52] } }, 8)],
    ['overlap', createFile({ a: entry, b: entry }, 8)],
    ['gap', createFile({ a: entry, b: { ...entry, data_offsets: [16, 24] } }, 24)],
    ['bytes left over', createFile({ a: entry }, 12)],
    ['unknown dtype', createFile({ a: { ...entry, dtype: 'F64', shape: [1] } }, 8)],
    ['dtype of the prototype', createFile({ a: { ...entry, dtype: 'constructor' } }, 8)],
    ['no shape', createFile({ a: { dtype: 'F32', data_offsets: [0, 8] } }, 8)],
    ['null entry', createFile({ a: null }, 8)],
  ];
  for (const [name, bytes] of hostile) {
    assert.throws(() => parseSafetensors(bytes), CheckpointFormatError, name);
  }
});

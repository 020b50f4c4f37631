import { CheckpointFormatError } from './checkpoint-format-error.ts';
import { describeJson } from './describe-json.ts';

/** An array of a safetensors file; `shape` is row-major, outermost first. */
export type StoredTensor =
  | { readonly dtype: 'F32'; readonly shape: readonly number[]; readonly values: Float32Array }
  | { readonly dtype: 'I32'; readonly shape: readonly number[]; readonly values: Int32Array }
  | { readonly dtype: 'U8'; readonly shape: readonly number[]; readonly values: Uint8Array };

export type StoredTensors = ReadonlyMap<string, StoredTensor>;

/** The format's own limit on its header. */
const MAX_HEADER_BYTES = 100_000_000;
/** More than any tensor of a model has. */
const MAX_DIMENSIONS = 8;
const BYTES_PER_ITEM: Readonly<Record<string, number>> = { F32: 4, BF16: 2, F16: 2, I32: 4, U8: 1 };

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function fail(message: string): never {
  throw new CheckpointFormatError(`safetensors: ${message}; the file is damaged or not safetensors`);
}

function parseEntry(key: string, value: unknown, dataBytes: number): HeaderEntry {
  const name = describeJson(key);
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Object.hasOwn(BYTES_PER_ITEM, dtype)) {
    fail(
      `${name} has dtype ${describeJson(dtype)}, expected one of ${Object.keys(BYTES_PER_ITEM).join(', ')}`,
    );
  }
  if (!Array.isArray(shape) || shape.length > MAX_DIMENSIONS || !shape.every(isCount)) {
    fail(`${name} has no valid shape`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    fail(`${name} has no valid data_offsets`);
  }
  const [begin, end] = offsets as [number, number];
  const bytes = shape.reduce((product, size) => product * size, BYTES_PER_ITEM[dtype]!);
  if (end < begin || end > dataBytes) {
    fail(`${name} spans bytes ${begin}–${end} of ${dataBytes}`);
  }
  if (end - begin !== bytes) {
    fail(`${name} of shape [${shape.join(', ')}] and ${dtype} needs ${bytes} bytes, found ${end - begin}`);
  }
  return { dtype, shape, begin, end };
}

/** The header's JSON object and where the data begin. */
function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.byteLength < 8) fail(`${bytes.byteLength} bytes are too few for a header`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(Math.min(MAX_HEADER_BYTES, bytes.byteLength - 8))) {
    fail(`the header claims ${length} bytes of a file of ${bytes.byteLength}`);
  }
  const dataStart = 8 + Number(length);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, dataStart)));
  } catch {
    fail('the header is not UTF-8 JSON');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    fail('the header is not an object');
  }
  return { header: header as Record<string, unknown>, dataStart };
}

/** The format allows neither gaps nor overlaps: each tensor begins where the one before it ends. */
function checkLayout(entries: ReadonlyMap<string, HeaderEntry>, dataBytes: number): void {
  let expected = 0;
  const sorted = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  for (const [name, entry] of sorted) {
    if (entry.begin !== expected)
      fail(`${describeJson(name)} begins at byte ${entry.begin}, expected ${expected}`);
    expected = entry.end;
  }
  if (expected !== dataBytes) fail(`tensors end at byte ${expected} of ${dataBytes}`);
}

function widenBrainFloats(source: DataView, count: number): Float32Array {
  const bits = new Uint32Array(count);
  for (let i = 0; i < count; i += 1) bits[i] = source.getUint16(2 * i, true) << 16;
  return new Float32Array(bits.buffer);
}

function widenHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function widenHalves(source: DataView, count: number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 1) values[i] = widenHalf(source.getUint16(2 * i, true));
  return values;
}

function readTensor(entry: HeaderEntry, data: Uint8Array): StoredTensor {
  const { dtype, shape } = entry;
  // A copy: typed arrays need aligned offsets, which the file does not promise (and a Buffer's slice is none).
  const bytes = new Uint8Array(data.subarray(entry.begin, entry.end));
  const view = new DataView(bytes.buffer);
  if (dtype === 'F32') return { dtype, shape, values: new Float32Array(bytes.buffer) };
  if (dtype === 'I32') return { dtype, shape, values: new Int32Array(bytes.buffer) };
  if (dtype === 'U8') return { dtype, shape, values: bytes };
  const count = bytes.byteLength / 2;
  const values = dtype === 'BF16' ? widenBrainFloats(view, count) : widenHalves(view, count);
  return { dtype: 'F32', shape, values };
}

/**
 * Reads a safetensors file. BF16 and F16 are widened to F32.
 *
 * @throws CheckpointFormatError where the header lies about sizes, bounds or layout, or a dtype is not supported
 */
export function parseSafetensors(bytes: Uint8Array): StoredTensors {
  const { header, dataStart } = readHeader(bytes);
  const data = bytes.subarray(dataStart);
  const entries = new Map<string, HeaderEntry>();
  for (const [name, value] of Object.entries(header)) {
    if (name !== '__metadata__') entries.set(name, parseEntry(name, value, data.byteLength));
  }
  checkLayout(entries, data.byteLength);
  return new Map([...entries].map(([name, entry]) => [name, readTensor(entry, data)]));
}

/** Byte order of names, so that the file does not depend on a locale. */
function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A safetensors file: names sorted, metadata `{format: 'pt'}`, header padded to 8 bytes; same tensors, same bytes. */
export function encodeSafetensors(tensors: StoredTensors): Uint8Array {
  const sorted = [...tensors].sort(([a], [b]) => compareNames(a, b));
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let size = 0;
  for (const [name, tensor] of sorted) {
    const end = size + tensor.values.byteLength;
    header[name] = { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [size, end] };
    size = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(text.byteLength / 8) * 8;
  const file = new Uint8Array(8 + headerBytes + size).fill(0x20, 8, 8 + headerBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(text, 8);
  let offset = 8 + headerBytes;
  for (const [, { values }] of sorted) {
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += values.byteLength;
  }
  return file;
}

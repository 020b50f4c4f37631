/** The int32 numbers that a database column holds as little-endian bytes. */
export function toInts(bytes: Buffer): Int32Array {
  return new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** The float32 numbers that a database column holds as little-endian bytes. */
export function toFloats(bytes: Buffer): Float32Array {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** The bytes of `values`, a copy, as a database column holds them. */
export function toBlob(values: Float32Array | Int32Array): Buffer {
  const copy = values.slice();
  return Buffer.from(copy.buffer, copy.byteOffset, copy.byteLength);
}

/** One field of a protocol-buffer message: its number and encoded value. */
export type Field = Uint8Array;

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

function encodeVarint(value: number): number[] {
  // Negative numbers are sign-extended to 64 bits, which BigInt does exactly.
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return bytes;
}

function encodeTag(field: number, wireType: number): number[] {
  return encodeVarint(field * 8 + wireType);
}

/** An integer, enumeration or boolean field. */
export function integerField(field: number, value: number): Field {
  return Uint8Array.from([...encodeTag(field, VARINT), ...encodeVarint(value)]);
}

/** A 32-bit float field. */
export function floatField(field: number, value: number): Field {
  const bytes = new Uint8Array(new Float32Array([value]).buffer);
  return Uint8Array.from([...encodeTag(field, FIXED32), ...bytes]);
}

/** A bytes field. */
export function bytesField(field: number, value: Uint8Array): Field {
  const head = [...encodeTag(field, LENGTH_DELIMITED), ...encodeVarint(value.length)];
  return Buffer.concat([Uint8Array.from(head), value]);
}

/** A string field. */
export function textField(field: number, value: string): Field {
  return bytesField(field, new TextEncoder().encode(value));
}

/** A nested message. */
export function messageField(field: number, fields: readonly Field[]): Field {
  return bytesField(field, Buffer.concat(fields));
}

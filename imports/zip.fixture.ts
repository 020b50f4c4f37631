import { deflateRawSync } from 'node:zlib';

/** A file for a zip; `data` is what stands in the archive, `bytes` what it says that it holds. */
export interface ZippedFile {
  readonly name: string;
  readonly method: number;
  readonly data: Buffer;
  readonly bytes: number;
}

export const stored = (name: string, text: string): ZippedFile => {
  const data = Buffer.from(text);
  return { name, method: 0, data, bytes: data.length };
};

export const deflated = (name: string, text: string): ZippedFile => ({
  name,
  method: 8,
  data: deflateRawSync(text),
  bytes: Buffer.byteLength(text),
});

/** One frame of up to 255 bytes that are not compressed; Node 20 writes no zstd. */
export function zstdFrame(text: string): Buffer {
  const data = Buffer.from(text);
  // RFC 8878: magic, one segment with a size of one byte, the last block of type 0 with its size in the upper 21 bits.
  const block = (data.length << 3) | 1;
  return Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, data.length, block & 255, (block >> 8) & 255, block >> 16]),
    data,
  ]);
}

export const zstandard = (name: string, ...frames: readonly string[]): ZippedFile => ({
  name,
  method: 93,
  data: Buffer.concat(frames.map(zstdFrame)),
  bytes: Buffer.byteLength(frames.join('')),
});

function writeSizes({ name, method, data, bytes }: ZippedFile): Buffer {
  const sizes = Buffer.alloc(26);
  sizes.writeUInt16LE(20, 0);
  sizes.writeUInt16LE(0x0800, 2);
  sizes.writeUInt16LE(method, 4);
  sizes.writeUInt32LE(data.length, 14);
  sizes.writeUInt32LE(bytes, 18);
  sizes.writeUInt16LE(Buffer.byteLength(name), 22);
  return sizes;
}

function writeDirectoryEntry(file: ZippedFile, offset: number): Buffer {
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(offset, 10);
  return Buffer.concat([
    Buffer.from([0x50, 0x4b, 1, 2, 20, 0]),
    writeSizes(file),
    rest,
    Buffer.from(file.name),
  ]);
}

/** The bytes of a zip, whatever the names of its files; its checksums are 0. */
export function writeZip(files: readonly ZippedFile[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    directory.push(writeDirectoryEntry(file, offset));
    parts.push(Buffer.from([0x50, 0x4b, 3, 4]), writeSizes(file), Buffer.from(file.name), file.data);
    offset += 30 + Buffer.byteLength(file.name) + file.data.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32BE(0x504b0506, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

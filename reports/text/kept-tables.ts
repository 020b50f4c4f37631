import { gzipSync } from 'node:zlib';

/** Above this a table is kept compressed: a result is committed, and read far less often than it is copied. */
export const LARGEST_PLAIN_BYTES = 1_000_000;

/** The tables of a report as a result keeps them: all of them, a large one as `NAME.csv.gz`. */
export function keepTables(
  tables: ReadonlyMap<string, string>,
): [name: string, content: string | Uint8Array][] {
  return [...tables].map(([name, text]) =>
    Buffer.byteLength(text) <= LARGEST_PLAIN_BYTES
      ? [name, text]
      : [`${name}.gz`, gzipSync(text, { level: 9 })],
  );
}

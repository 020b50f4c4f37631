import { readFile, stat } from 'node:fs/promises';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';

/** Editors on Windows begin files with it; it says nothing in UTF-8. */
const BYTE_ORDER_MARK = /^\ufeff/;

/**
 * The text of a regular file of at most `maxBytes`: looked at before it is read, since a device or a pipe may never end.
 *
 * @throws {InvalidSpecError} when it is larger or no file; what the file system says of a missing one passes unchanged
 */
export async function readSmallFile(path: string, maxBytes: number): Promise<string> {
  const found = await stat(path);
  if (!found.isFile()) throw new InvalidSpecError(`${path} is no file`);
  if (found.size > maxBytes)
    throw new InvalidSpecError(`${path} has ${found.size} bytes, expected at most ${maxBytes}`);
  return (await readFile(path, 'utf8')).replace(BYTE_ORDER_MARK, '');
}

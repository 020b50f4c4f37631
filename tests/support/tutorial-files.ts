import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));

/** Files that a page tells its reader to write: code blocks whose first line is a comment with a file's name. */
export function readTutorialFiles(page: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(docs, page), 'utf8');
  const blocks = [...text.matchAll(/^```(?:ts|yaml|python)\n(?:\/\/|#) (\S+\.\w+)\n([\s\S]*?)^```$/gm)];
  return new Map(blocks.map(([, name, body]) => [name!, body!]));
}

/** Writes them into an empty directory. */
export function writeTutorialFiles(page: string, directory: string): void {
  for (const [name, body] of readTutorialFiles(page)) writeFileSync(join(directory, name), body);
}

import { z } from 'zod';
import { parsePythonJson } from './parse-python-json.ts';
import { readChunks } from './source-file.ts';

/** A file beside a source that tells more of it. A reason is a sentence's end: "metadata.json cannot be read: …". */
export type Neighbor<T> =
  { readonly kind: 'read'; readonly value: T } | { readonly kind: 'unread'; readonly reason: string };

const MOST_CHARACTERS = 64 * 1024 * 1024;

async function readText(path: string): Promise<string> {
  let text = '';
  for await (const chunk of readChunks({ path })) {
    text += chunk;
    if (text.length > MOST_CHARACTERS) throw new Error('it is longer than 64 Mi characters');
  }
  return text;
}

function describe(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'is not beside it';
  const message = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
  return `cannot be read: ${message.replaceAll(/\s*\n\s*/g, ' ')}`;
}

/** Reads a JSON document beside a source; a missing or damaged one is told, since the source stands without it. */
export async function readNeighbor<T>(path: string, schema: z.ZodType<T>): Promise<Neighbor<T>> {
  try {
    return { kind: 'read', value: schema.parse(parsePythonJson(await readText(path))) };
  } catch (error) {
    return { kind: 'unread', reason: describe(error) };
  }
}

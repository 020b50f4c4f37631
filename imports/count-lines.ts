import { readChunks, type SourceFile } from './source-file.ts';

/** Lines of a text, of which the last may lack its end. */
export async function countLines(file: Pick<SourceFile, 'path'>): Promise<number> {
  let lines = 0;
  let isEnded = true;
  for await (const chunk of readChunks(file)) {
    for (let at = chunk.indexOf('\n'); at !== -1; at = chunk.indexOf('\n', at + 1)) lines += 1;
    if (chunk !== '') isEnded = chunk.endsWith('\n');
  }
  return isEnded ? lines : lines + 1;
}

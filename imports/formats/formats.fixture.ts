import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { ImportFormat, ReadOptions } from '../import-format.ts';
import { openSourceFile } from '../source-file.ts';
import type { SourceHeader, SourceSample } from '../source-sample.ts';

/** A file of that content, which goes with the test. */
export function temporarySource(t: TestContext, content: string | Uint8Array, name = 'source'): string {
  const directory = mkdtempSync(join(tmpdir(), 'assay-import-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

/** All that a format reads of a file. */
export async function readSource(
  format: ImportFormat,
  path: string,
  options: Partial<ReadOptions> = {},
): Promise<{ header: SourceHeader; samples: SourceSample[] }> {
  const file = await openSourceFile(path);
  const { header, samples } = await format.open(file, { scorer: null, fields: {}, ...options });
  const all: SourceSample[] = [];
  for await (const sample of samples) all.push(sample);
  return { header, samples: all };
}

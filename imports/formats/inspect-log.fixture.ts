import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenedSource } from '../import-format.ts';
import { openSourceFile } from '../source-file.ts';
import type { SourceSample } from '../source-sample.ts';
import { UnreadableSourceError } from '../unreadable-source-error.ts';
import { inspectFormat } from './inspect.ts';

const directory = mkdtempSync(join(tmpdir(), 'assay-inspect-'));
let written = 0;

/** @returns the path of a file of that content, whose name says nothing */
export function writeSource(content: string | Uint8Array): string {
  const path = join(directory, `${(written += 1)}.csv`);
  writeFileSync(path, content);
  return path;
}

export async function openLog(path: string, scorer: string | null = null): Promise<OpenedSource> {
  const file = await openSourceFile(path);
  assert.equal(inspectFormat.recognizes(file), true, path);
  return inspectFormat.open(file, { scorer, fields: {} });
}

export async function collectSamples({ samples }: OpenedSource): Promise<SourceSample[]> {
  const all: SourceSample[] = [];
  for await (const sample of samples) all.push(sample);
  return all;
}

export const readLog = async (path: string, scorer: string | null = null): Promise<SourceSample[]> =>
  collectSamples(await openLog(path, scorer));

export const unreadable = (message: RegExp) => (error: unknown) =>
  error instanceof UnreadableSourceError && message.test(error.message);

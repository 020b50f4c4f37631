import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import type { CompareOptions } from './compare-options.ts';
import { readSplitFiles } from './split-files.ts';

const directory = mkdtempSync(join(tmpdir(), 'assay-splits-'));
after(() => rmSync(directory, { recursive: true }));

function file(name: string, ...lines: string[]): string {
  const path = join(directory, name);
  writeFileSync(path, lines.join('\n'));
  return path;
}

/** The split of problems that are called so, or that ask so. */
async function splitsOf(
  files: Pick<CompareOptions, 'clean' | 'contaminated'>,
  ...names: string[]
): Promise<(string | null)[]> {
  const splitOf = (await readSplitFiles(files as CompareOptions))!;
  const keyOf = (prompt: string): string => createHash('sha256').update(prompt).digest('hex');
  return names.map((name) => splitOf({ sourceId: name, key: keyOf(name) }));
}

const overlapped = file(
  'overlapped.jsonl',
  '{"id": "q1", "question": "One?", "split": "contaminated"}',
  '{"id": "q2", "question": "Two?", "split": "clean"}',
  '{"id": 3, "question": "Three?", "split": "contaminated"}',
);

test('of lines with a split only those of the option count', async () => {
  assert.deepEqual(await splitsOf({ contaminated: overlapped }, 'q1', 'Three?', 'q2', 'q9'), [
    'contaminated',
    'contaminated',
    'clean',
    'clean',
  ]);
});

test('the same file for both options leaves problems that it does not name in their own split', async () => {
  const both = { clean: overlapped, contaminated: overlapped };
  assert.deepEqual(await splitsOf(both, '3', 'Two?', 'q9'), ['contaminated', 'clean', null]);
});

test('lines without a split count whatever they are: an id, a prompt or an object', async () => {
  const path = file('mixed.txt', 'q1', '{"prompt": "Two?"}', '"q3"', '');
  const splits = await splitsOf({ clean: path }, 'q1', 'Two?', 'q3', 'q4');
  assert.deepEqual(splits, ['clean', 'clean', 'clean', 'contaminated']);
});

test('problems with one prompt under several names are found by it', async () => {
  const splitOf = (await readSplitFiles({ contaminated: overlapped } as CompareOptions))!;
  const key = createHash('sha256').update('One?').digest('hex');
  assert.equal(splitOf({ sourceId: 'other', key: `${key}-2` }), 'contaminated');
});

test('a file without a line of the split is refused', async () => {
  const path = file('clean.jsonl', '{"id": "q2", "split": "clean"}');
  await assert.rejects(
    splitsOf({ contaminated: path }, 'q2'),
    (error) =>
      error instanceof InvalidSpecError &&
      error.message.startsWith(`--contaminated ${path} names no problem;`) &&
      error.message.endsWith('and with split "contaminated" where it has one'),
  );
});

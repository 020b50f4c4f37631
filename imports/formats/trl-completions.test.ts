import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test, type TestContext } from 'node:test';
import { openSourceFile } from '../source-file.ts';
import { UnreadableSourceError } from '../unreadable-source-error.ts';
import { readSource, temporarySource } from './formats.fixture.ts';
import { trlCompletions } from './trl-completions.ts';

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../tests/fixtures/imports/${name}`, import.meta.url));

const unreadable = (message: RegExp) => (error: unknown) =>
  error instanceof UnreadableSourceError && message.test(error.message);

test('completions that TRL logged are read with the first of their rewards', async () => {
  const path = fixture('trl/completions_00001.parquet');
  assert.equal(trlCompletions.recognizes(await openSourceFile(path)), true);
  const { header, samples } = await readSource(trlCompletions, path);
  assert.deepEqual(header.scorers, ['contains_answer', 'short_enough']);
  assert.equal(header.scorer, 'contains_answer');
  assert.deepEqual(header.settings, { 'first step': 1, 'last step': 1 });
  assert.match(header.notices[1]!, /the score is the reward contains_answer; there too: short_enough/);
  assert.equal(samples.length, 8);
  assert.deepEqual(samples[0], {
    arm: null,
    seed: null,
    split: 'train',
    problemId: '7+2=',
    prompt: '7+2=',
    target: null,
    cluster: null,
    sample: null,
    outcome: { kind: 'scored', score: 1 },
    answer: null,
    completion: '+9016',
    confidence: null,
    tokens: null,
  });
});

test('where a reward function told nothing, the sample failed', async () => {
  const path = fixture('trl/completions_00002.parquet');
  const { samples } = await readSource(trlCompletions, path, { scorer: 'short_enough' });
  assert.equal(samples[1]!.completion, '');
  assert.deepEqual(
    samples.slice(0, 3).map(({ outcome }) => outcome),
    [
      { kind: 'scored', score: 0.25 },
      { kind: 'failed', reason: 'short_enough gave no reward' },
      { kind: 'scored', score: 0.375 },
    ],
  );
});

test('messages are read as text', async () => {
  const path = fixture('trl-conversations/completions_00001.parquet');
  const { samples } = await readSource(trlCompletions, path);
  assert.equal(samples[0]!.prompt, 'system: Be brief.\n\nuser: 7+2=');
  assert.equal(samples[0]!.completion, '+9016');
});

test('a reward that is not there, another table, and a damaged file are refused', async (t) => {
  const path = fixture('trl/completions_00001.parquet');
  await assert.rejects(
    readSource(trlCompletions, path, { scorer: 'bleu' }),
    unreadable(/no reward "bleu", found contains_answer, short_enough; choose one with --scorer/),
  );
  const bytes = readFileSync(path);
  const cut = temporarySource(t, bytes.subarray(0, bytes.length - 100));
  await assert.rejects(readSource(trlCompletions, cut), unreadable(/no whole parquet file/));
  const head = temporarySource(t, bytes.subarray(0, 8));
  await assert.rejects(readSource(trlCompletions, head), unreadable(/no whole parquet file/));
  const other = Buffer.from(bytes);
  for (let at = other.indexOf('advantage'); at >= 0; at = other.indexOf('advantage', at + 1))
    other[at] = 0x41;
  const renamed = temporarySource(t, other);
  await assert.rejects(readSource(trlCompletions, renamed), unreadable(/which also has advantage/));
});

/** Reads a file in which one byte was changed; what goes wrong must be the reader's to mend. */
async function readDamaged(
  t: TestContext,
  name: string,
  { at, value }: { readonly at: number; readonly value: number },
): Promise<void> {
  const damaged = readFileSync(fixture(name));
  damaged[at] = value;
  try {
    await readSource(trlCompletions, temporarySource(t, damaged));
  } catch (error) {
    assert.ok(error instanceof UnreadableSourceError, `byte ${at}: ${String(error)}`);
  }
}

test('damage in any byte of a file is an error that names it, or reads as samples', async (t) => {
  for (const name of ['trl/completions_00001.parquet', 'trl-conversations/completions_00001.parquet']) {
    const bytes = readFileSync(fixture(name));
    for (let at = 4; at < bytes.length; at += 37)
      await readDamaged(t, name, { at, value: bytes[at]! ^ 0xff });
  }
});

test(
  'a schema whose column has fewer than no children is read to its end',
  { timeout: 20_000 },
  async (t) => {
    // A zigzag 1 is −1: the children of `list` in the column `prompt`.
    await readDamaged(t, 'trl-conversations/completions_00001.parquet', { at: 1055, value: 1 });
  },
);

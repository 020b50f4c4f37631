import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCharacterTokenizer } from '../../model/tokenizers/character-tokenizer.ts';
import { createPairTokenizer } from '../../model/tokenizers/pair-tokenizer.fixture.ts';
import type { PolicyTokenizer } from '../../model/tokenizers/tokenizer.ts';
import { createRolloutBatch } from '../../rollouts/rollout-batch.fixture.ts';
import { openTask } from '../../tasks/index.ts';
import { toInts } from '../../db/blobs.ts';
import type { RunContext } from '../run/run-context.ts';
import { readRollout } from './verify.ts';

const task = openTask('arithmetic', { formats: ['direct'] });
const problem = { key: 'k', prompt: '1+9=', answer: '10' };
const characters = createCharacterTokenizer(task.alphabet, { pad: '<pad>', end: '<end>' });
const pairs = createPairTokenizer(task.alphabet, [['#', '1']]);

function readOne(tokenizer: PolicyTokenizer, written: string) {
  const ids = tokenizer.encode(written);
  const numbers = new Float32Array(ids.length);
  const batch = createRolloutBatch({
    count: 1,
    completionLength: ids.length,
    completionLengths: Int32Array.of(ids.length),
    groups: Int32Array.of(0),
    finished: Uint8Array.of(Number(ids.at(-1) === tokenizer.endId)),
    perToken: { logprobs: numbers, entropies: numbers },
    perRollout: {},
  });
  batch.tokens.set(ids, batch.promptLength);
  const context = { plan: { runId: 'run' }, task, tokenizer } as unknown as RunContext;
  const { rollout, verdict } = readRollout(
    { context, task, batch, phase: 'train', step: 0 },
    { row: 0, problem, problemIndex: 0, sampleIndex: 0 },
  );
  const ends = rollout.tokenEnds === null ? null : [...toInts(rollout.tokenEnds)];
  return { text: rollout.text, outcome: verdict.outcome, ends, tokens: [...toInts(rollout.tokens)] };
}

test('a rollout of one token per character keeps no token ends', () => {
  const read = readOne(characters, '#10<end>');
  assert.deepEqual([read.text, read.outcome, read.ends], ['#10', 'correct', null]);
  assert.equal(readOne(characters, '#10').ends, null);
});

test('token ends are kept where a token has several characters or none', () => {
  const read = readOne(pairs, '#10<end>');
  assert.deepEqual([read.text, read.outcome, read.ends], ['#10', 'correct', [2, 3, 3]]);
  assert.equal(read.tokens.length, 3);
  assert.deepEqual(readOne(characters, '#<pad>10<end>').ends, [1, 1, 2, 3, 3]);
});

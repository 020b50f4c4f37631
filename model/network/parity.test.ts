import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { deriveStream } from '../../random/streams.ts';
import { selectBackend, type BackendChoice } from '../backends/backend.ts';
import { defaultCacheDirectory } from '../backends/cache-directory.ts';
import { loadPolicy } from '../checkpoints/checkpoint.ts';
import { forwardLogits, scoreCompletions, scoreSequences } from './forward.ts';
import { disposePolicy, type Policy } from './policy.ts';
import { sampleCompletions } from '../decoding/sampler.ts';
import type { TokenBatch } from './token-batch.ts';

interface ExpectedSequence {
  input_ids: number[];
  logits: number[][];
  greedy_continuation_ids: number[];
  full: {
    next_token_logprobs: number[];
    entropies: number[];
    temperature: number;
    next_token_logprobs_at_temperature: number[];
    entropies_at_temperature: number[];
  };
}

interface Expected {
  special_ids: { pad: number };
  sequences: ExpectedSequence[];
  left_padded_batch: {
    input_ids: number[][];
    attention_mask: number[][];
    last_position_logits: number[][];
    next_token_logprobs: number[][];
    entropies: number[][];
  };
}

function fixture(name: string): string {
  return fileURLToPath(new URL(`../../tests/fixtures/language-models/${name}`, import.meta.url));
}

function readExpected(name: string): Expected {
  return JSON.parse(readFileSync(`${fixture(name)}/expected.json`, 'utf8')) as Expected;
}

/** The fixtures' tolerance: |got − want| ≤ 5e-4 + 1e-4·|want|. */
function assertClose(got: ArrayLike<number>, want: readonly number[], what: string): void {
  assert.equal(got.length, want.length, what);
  want.forEach((value, at) => {
    const error = Math.abs(got[at]! - value);
    assert.ok(error <= 5e-4 + 1e-4 * Math.abs(value), `${what}[${at}]: ${got[at]} for ${value}`);
  });
}

/** Runs `body` with a loaded policy and checks that no tensor outlives it. */
async function withPolicy(name: string, body: (policy: Policy, expected: Expected) => Promise<void> | void) {
  const tensors = tf.memory().numTensors;
  const policy = await loadPolicy(fixture(name));
  await body(policy, readExpected(name));
  disposePolicy(policy);
  assert.equal(tf.memory().numTensors, tensors, 'tensors leaked');
}

function singleBatch(ids: readonly number[], promptLength: number): TokenBatch {
  return {
    count: 1,
    promptLength,
    completionLength: ids.length - promptLength,
    tokens: Int32Array.from(ids),
    promptStarts: new Int32Array(1),
    completionLengths: Int32Array.of(ids.length - promptLength),
  };
}

function read(tensor: tf.Tensor): Float32Array {
  const values = tensor.dataSync() as Float32Array;
  tensor.dispose();
  return values.slice();
}

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

for (const name of ['llama-gqa', 'llama-tied']) {
  test(`${name}: logits equal those of transformers`, () =>
    withPolicy(name, (policy, { sequences }) => {
      for (const { input_ids: ids, logits } of sequences) {
        assertClose(read(forwardLogits(policy, singleBatch(ids, 1))), logits.flat(), 'logits');
      }
    }));

  test(`${name}: logprobs and entropies equal, also at another temperature`, () =>
    withPolicy(name, (policy, { sequences }) => {
      for (const { input_ids: prompt, greedy_continuation_ids: continuation, full } of sequences) {
        const batch = singleBatch([...prompt, ...continuation], prompt.length);
        const all = scoreSequences(policy, batch);
        assertClose(read(all.logprobs), full.next_token_logprobs, 'logprobs');
        assertClose(read(all.entropies), full.entropies.slice(0, -1), 'entropies');
        all.tokenMask.dispose();
        const scores = scoreCompletions(policy, batch, full.temperature);
        const from = prompt.length - 1;
        assertClose(read(scores.logprobs), full.next_token_logprobs_at_temperature.slice(from), 'logprobs');
        assertClose(read(scores.entropies), full.entropies_at_temperature.slice(from, -1), 'entropies');
      }
    }));

  test(`${name}: left padding changes nothing`, () =>
    withPolicy(name, (policy, { left_padded_batch: padded }) => {
      const length = padded.input_ids[0]!.length;
      const starts = padded.attention_mask.map((row) => row.indexOf(1));
      const batch: TokenBatch = {
        count: 3,
        promptLength: 1,
        completionLength: length - 1,
        tokens: Int32Array.from(padded.input_ids.flat()),
        promptStarts: Int32Array.from(starts),
        completionLengths: new Int32Array(3).fill(length - 1),
      };
      const scores = scoreSequences(policy, batch);
      const mask = read(scores.tokenMask);
      const masked = (tensor: tf.Tensor): Float32Array => read(tensor).map((value, at) => value * mask[at]!);
      assertClose(
        masked(scores.logprobs),
        padded.next_token_logprobs.flat().map((value, at) => value * mask[at]!),
        'logprobs',
      );
      assertClose(
        masked(scores.entropies),
        padded.entropies.flatMap((row) => row.slice(0, -1)).map((value, at) => value * mask[at]!),
        'entropies',
      );
      const logits = forwardLogits(policy, batch);
      const last = tf.slice(logits, [0, length - 1, 0], [3, 1, policy.config.vocabularySize]);
      assertClose(read(last), padded.last_position_logits.flat(), 'last logits');
      logits.dispose();
    }));

  test(`${name}: greedy sampling from padded prompts continues as transformers does`, () =>
    withPolicy(name, async (policy, { sequences, special_ids: special }) => {
      const rollouts = await sampleCompletions({
        policy,
        prompts: sequences.map(({ input_ids: ids }) => Int32Array.from(ids)),
        counters: sequences.map((_, problem) => ({ problem, sample: 0 })),
        stream: deriveStream(0, 'sample'),
        step: 0,
        maxNewTokens: 16,
        temperature: 0,
        endId: null,
        padId: special.pad,
      });
      sequences.forEach(({ input_ids: ids, greedy_continuation_ids: continuation, full }, row) => {
        const begin = row * (rollouts.promptLength + 16) + rollouts.promptLength;
        assert.deepEqual([...rollouts.tokens.subarray(begin, begin + 16)], continuation);
        const want = full.next_token_logprobs.slice(ids.length - 1);
        assertClose(rollouts.perToken.logprobs.subarray(row * 16, row * 16 + 16), want, 'behavior logprobs');
      });
    }));
}

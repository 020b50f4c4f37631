import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { accumulateGradients, createGradientSums } from '../learning/accumulate-gradients.ts';
import { applyAdamw, createMoments } from '../learning/adamw.ts';
import { selectBackend, type BackendChoice } from '../model/backend.ts';
import { defaultCacheDirectory } from '../model/cache-directory.ts';
import { scorePrepared } from '../model/forward.ts';
import { createPolicy, type Policy } from '../model/policy.ts';
import { sampleCompletions, type RolloutBatch } from '../model/sampler.ts';
import { createInputs, shiftTargets, type TokenBatch } from '../model/token-batch.ts';
import { deriveStream } from '../random/streams.ts';

/*
 * Speed of sampling and updating a 0.8 M-parameter policy (4 layers, width 128, vocabulary 64; 16 prompt + 48 new tokens):
 *   node --import tsx bench/model.ts --rollouts 256 --threads 1
 * prints one JSON line; the figures are medians over the repeats.
 */

const { values: flags } = parseArgs({
  options: {
    rollouts: { type: 'string', default: '256' },
    threads: { type: 'string', default: '1' },
    backend: { type: 'string', default: 'auto' },
    sampleBatch: { type: 'string', default: '256' },
    updateBatch: { type: 'string', default: '32' },
    repeats: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
  },
});

const PROMPT = 16;
const NEW = 48;
const VOCABULARY = 64;
const rollouts = Number(flags.rollouts);
const updateBatch = Number(flags.updateBatch);

function createBenchPolicy(): Policy {
  return createPolicy(
    {
      vocabularySize: VOCABULARY,
      width: 128,
      layers: 4,
      heads: 4,
      keyValueHeads: 4,
      headWidth: 32,
      feedForwardWidth: 344,
      maxPositions: 128,
      ropeTheta: 10000,
      normEpsilon: 1e-6,
      tiedEmbeddings: true,
      beginId: null,
      endId: 1,
      padId: 0,
    },
    0,
  );
}

function sample(policy: Policy, step: number): Promise<RolloutBatch> {
  const prompts = Array.from({ length: rollouts }, (_, row) =>
    Int32Array.from({ length: PROMPT }, (_, column) => 2 + ((Math.floor(row / 8) * 7 + column * 3) % 60)),
  );
  return sampleCompletions({
    policy,
    prompts,
    counters: prompts.map((_, row) => ({ problem: Math.floor(row / 8), sample: row % 8 })),
    stream: deriveStream(1, 'sample'),
    step,
    maxNewTokens: NEW,
    temperature: 1,
    endId: null,
    padId: 0,
    microBatch: Number(flags.sampleBatch),
  });
}

/** Adds the gradient of the mean logprob of a micro-batch's completions. */
function accumulatePart(
  policy: Policy,
  batch: RolloutBatch,
  call: { begin: number; into: Float32Array[] },
): void {
  const count = Math.min(updateBatch, batch.count - call.begin);
  const length = batch.promptLength + batch.completionLength;
  const part: TokenBatch = {
    count,
    length,
    promptLength: batch.promptLength,
    tokens: batch.tokens.subarray(call.begin * length, (call.begin + count) * length),
    promptStarts: batch.promptStarts.subarray(call.begin, call.begin + count),
    lengths: new Int32Array(count).fill(length),
  };
  const inputs = createInputs(policy.config, part, length - 1);
  const targets = tf.tensor1d(shiftTargets(part, PROMPT), 'int32');
  accumulateGradients({
    policy,
    key: 'bench',
    tensors: [inputs.ids, targets, inputs.mask, inputs.cosines, inputs.sines],
    body: (weights, [ids, scored, mask, cosines, sines]) => {
      const read = { ...inputs, ids: ids as tf.Tensor1D, mask: mask!, cosines: cosines!, sines: sines! };
      const scores = scorePrepared(weights, read, { targets: scored as tf.Tensor1D, temperature: 1 });
      return [tf.mean(tf.slice(scores, [0, 0], [1, scored!.size])) as tf.Scalar];
    },
    into: call.into,
  });
}

function update(policy: Policy, batch: RolloutBatch, moments: ReturnType<typeof createMoments>): void {
  const into = createGradientSums(policy);
  for (let begin = 0; begin < batch.count; begin += updateBatch)
    accumulatePart(policy, batch, { begin, into });
  const options = { betas: [0.9, 0.95], epsilon: 1e-8, weightDecay: 0, maxGradientNorm: 1 } as const;
  applyAdamw(policy, into, { moments, options, learningRate: 1e-5 });
}

/** Wall and processor time of `body`, ms; the latter tells more on a busy machine. */
async function measure(body: () => Promise<void> | void): Promise<{ wall: number; processor: number }> {
  const start = performance.now();
  const before = process.cpuUsage();
  await body();
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - start, processor: (user + system) / 1000 };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

async function main(): Promise<void> {
  const provenance = await selectBackend({
    backend: flags.backend as BackendChoice,
    cacheDirectory: defaultCacheDirectory(),
    threads: Number(flags.threads),
  });
  const policy = createBenchPolicy();
  const moments = createMoments(policy);
  const sampling: Awaited<ReturnType<typeof measure>>[] = [];
  const updating: typeof sampling = [];
  let batch = await sample(policy, 0);
  update(policy, batch, moments);
  for (let repeat = 1; repeat <= Number(flags.repeats); repeat += 1) {
    const take = async (): Promise<void> => {
      batch = await sample(policy, repeat);
    };
    if (flags.only !== 'update') sampling.push(await measure(take));
    if (flags.only !== 'sample') updating.push(await measure(() => update(policy, batch, moments)));
  }
  const rate = (times: typeof sampling, kind: 'wall' | 'processor'): number | null =>
    times.length === 0 ? null : Math.round((rollouts * NEW * 1000) / median(times.map((time) => time[kind])));
  console.log(
    JSON.stringify({
      backend: provenance.name,
      threads: Number(flags.threads),
      rollouts,
      sample_batch: Number(flags.sampleBatch),
      update_batch: updateBatch,
      sample_tokens_per_s: rate(sampling, 'wall'),
      sample_tokens_per_processor_s: rate(sampling, 'processor'),
      update_tokens_per_s: rate(updating, 'wall'),
      update_tokens_per_processor_s: rate(updating, 'processor'),
      live_tensors: tf.memory().numTensors,
    }),
  );
}

await main();

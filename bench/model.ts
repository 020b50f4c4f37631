import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { createMoments } from '../learning/optimizer/adamw.ts';
import { updatePolicy } from '../learning/update-policy.ts';
import { selectBackend, type BackendChoice } from '../model/backends/backend.ts';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import { createPolicy, type Policy } from '../model/network/policy.ts';
import { sampleCompletions } from '../model/decoding/sampler.ts';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import type { RolloutBatch } from '../rollouts/rollout-batch.ts';
import { estimateCredit } from '../schemes/credit/estimate-credit.ts';
import { findScheme } from '../schemes/named/index.ts';
import { openScheme } from '../schemes/open-scheme.ts';
import { trainingSchema } from '../config/training.ts';

/*
 * GRPO steps of a 0.82 M-parameter policy (4 layers, width 128, vocabulary 64; 16 prompt + 48 new tokens, groups of 8; reward: share
 * of even digits), as a run makes them but without workflow and store:
 *   node --import tsx bench/model.ts --rollouts 256 --threads 1
 * prints one JSON line; times are medians over the measured steps, in seconds.
 */

const { values: flags } = parseArgs({
  options: {
    rollouts: { type: 'string', default: '256' },
    threads: { type: 'string', default: '1' },
    backend: { type: 'string', default: 'auto' },
    warmup: { type: 'string', default: '2' },
    steps: { type: 'string', default: '10' },
    'sample-batch': { type: 'string', default: '256' },
    'micro-batch': { type: 'string', default: '32' },
  },
});

const PROMPT = 16;
const NEW = 48;
const GROUP = 8;
const VOCABULARY = 64;
/** Ids of the characters 0, 2, 4, 6, 8: id 0 is the pad token, then come the digits. */
const EVEN_DIGITS = new Set([1, 3, 5, 7, 9]);

const rollouts = Number(flags.rollouts);
const warmup = Number(flags.warmup);
const scheme = openScheme(findScheme('grpo'));
const training = trainingSchema.parse({
  steps: warmup + Number(flags.steps),
  promptsPerStep: rollouts / GROUP,
  groupSize: GROUP,
  maxNewTokens: NEW,
  microBatch: Number(flags['micro-batch']),
  optimizer: { learningRate: 1e-3, beta2: 0.999 },
});

function createBenchPolicy(): Policy {
  return createPolicy(
    {
      vocabularySize: VOCABULARY,
      width: 128,
      layers: 4,
      heads: 4,
      keyValueHeads: 4,
      headWidth: 32,
      feedForwardWidth: 352,
      maxPositions: 64,
      ropeTheta: 10000,
      normEpsilon: 1e-6,
      tiedEmbeddings: false,
      beginId: null,
      endId: null,
      padId: 0,
    },
    0,
    0.02,
  );
}

function createPrompts(): Int32Array[] {
  const generator = createGenerator(deriveStream(0, 'bench/prompts'), 0);
  return Array.from({ length: rollouts / GROUP }, () =>
    Int32Array.from({ length: PROMPT }, () => 1 + generator.integer(VOCABULARY - 1)),
  );
}

const prompts = createPrompts().flatMap((prompt) => Array<Int32Array>(GROUP).fill(prompt));

function sample(policy: Policy, step: number): Promise<RolloutBatch> {
  return sampleCompletions({
    policy,
    prompts,
    counters: prompts.map((_, row) => ({ problem: Math.floor(row / GROUP), sample: row % GROUP })),
    stream: deriveStream(0, 'sample'),
    step,
    maxNewTokens: NEW,
    temperature: 1,
    endId: null,
    padId: 0,
    microBatch: Number(flags['sample-batch']),
  });
}

/** Share of even digits in each completion. */
function reward({ tokens, count }: RolloutBatch): number[] {
  return Array.from({ length: count }, (_, row) => {
    const begin = row * (PROMPT + NEW) + PROMPT;
    return tokens.subarray(begin, begin + NEW).filter((id) => EVEN_DIGITS.has(id)).length / NEW;
  });
}

interface StepTimes {
  readonly generate: number;
  readonly update: number;
  readonly step: number;
  readonly reward: number;
}

async function takeStep(
  policy: Policy,
  moments: ReturnType<typeof createMoments>,
  step: number,
): Promise<StepTimes> {
  const begin = performance.now();
  const batch = await sample(policy, step);
  const sampled = performance.now();
  const rewards = reward(batch);
  const { comparisons, credit } = scheme;
  const counts = rewards.map(() => true);
  const shapedBatch = estimateCredit(batch, { rewards, counts, comparisons, credit });
  const shaped = performance.now();
  const common = { policy, moments, scheme, training, step };
  await updatePolicy({
    ...common,
    batch: shapedBatch,
    maxNewTokens: NEW,
    seed: 0,
  });
  const end = performance.now();
  return {
    generate: (sampled - begin) / 1000,
    update: (end - shaped) / 1000,
    step: (end - begin) / 1000,
    reward: rewards.reduce((sum, value) => sum + value, 0) / rewards.length,
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

async function main(): Promise<void> {
  const { name } = await selectBackend({
    backend: flags.backend as BackendChoice,
    cacheDirectory: defaultCacheDirectory(),
    threads: Number(flags.threads),
  });
  const policy = createBenchPolicy();
  const moments = createMoments(policy);
  const steps: StepTimes[] = [];
  for (let step = 0; step < training.steps; step += 1) steps.push(await takeStep(policy, moments, step));
  const measured = steps.slice(warmup);
  const generate = median(measured.map((times) => times.generate));
  const update = median(measured.map((times) => times.update));
  console.log(
    JSON.stringify({
      backend: name,
      threads: Number(flags.threads),
      rollouts,
      steps: measured.length,
      step_s: median(measured.map((times) => times.step)),
      generate_s: generate,
      update_s: update,
      first_step_s: steps[0]!.step,
      rollouts_per_s: rollouts / median(measured.map((times) => times.step)),
      sample_tok_per_s: Math.round((rollouts * NEW) / generate),
      update_tok_per_s: Math.round((rollouts * NEW) / update),
      reward_first: steps[0]!.reward,
      reward_last: steps.at(-1)!.reward,
      peak_rss_mib: process.resourceUsage().maxRSS / 1024,
    }),
  );
}

await main();

import {
  createPolicy,
  disposePolicy,
  readParameters,
  writeParameters,
  type Policy,
} from '../model/network/policy.ts';
import { scoreArrays } from '../model/network/score-arrays.ts';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { createLineage, type ShapedBatch } from '../rollouts/rollout-batch.ts';
import { defineScheme, type SchemeInput } from '../config/scheme.ts';
import { trainingSchema, type TrainingPlan } from '../config/training.ts';
import { openScheme, type OpenScheme } from '../schemes/open-scheme.ts';
import { createMoments } from './optimizer/adamw.ts';
import { updatePolicy, type PolicyUpdate, type UpdateCall } from './update-policy.ts';

/** A small policy and rollouts that tests of updates share. */

const PROMPT = 5;
export const COMPLETION = 6;
const GROUP = 4;

export function createToyPolicy(): Policy {
  const policy = createPolicy(
    {
      vocabularySize: 11,
      width: 16,
      layers: 2,
      heads: 2,
      keyValueHeads: 1,
      headWidth: 8,
      feedForwardWidth: 24,
      maxPositions: 32,
      ropeTheta: 1000,
      normEpsilon: 1e-6,
      tiedEmbeddings: true,
      beginId: null,
      endId: 1,
      padId: 0,
    },
    3,
  );
  // Fresh weights give nearly uniform distributions, in which errors would not show.
  writeParameters(
    policy,
    readParameters(policy).map((values) => values.map((value) => (value === 1 ? 1 : value * 8))),
  );
  return policy;
}

/** Rollouts of uneven prompts and completions; the completion's first token decides the advantage. */
export function createBatch(policy: Policy, groups: number): ShapedBatch {
  const generator = createGenerator(deriveStream(5, 'toy'));
  const count = groups * GROUP;
  const width = PROMPT + COMPLETION;
  const tokens = new Int32Array(count * width);
  const promptStarts = new Int32Array(count);
  const completionLengths = new Int32Array(count);
  const tokenMask = new Float32Array(count * COMPLETION);
  const credit = new Float32Array(count * COMPLETION);
  const advantages = new Float32Array(count);
  for (let row = 0; row < count; row += 1) {
    const group = Math.floor(row / GROUP);
    promptStarts[row] = group % 3;
    const length = 1 + generator.integer(COMPLETION);
    completionLengths[row] = length;
    const end = PROMPT + length;
    for (let at = promptStarts[row]!; at < end; at += 1) {
      tokens[row * width + at] = at < PROMPT ? 2 + ((group + at) % 9) : 2 + generator.integer(9);
    }
    // Every second group is uniform and teaches nothing.
    const advantage = group % 2 === 1 ? 0 : tokens[row * width + PROMPT]! > 6 ? 1 : -1;
    advantages[row] = advantage;
    const begin = row * COMPLETION;
    tokenMask.fill(1, begin, begin + length);
    credit.fill(advantage, begin, begin + length);
  }
  const scores = scoreArrays(
    policy,
    { count, promptLength: PROMPT, completionLength: COMPLETION, tokens, promptStarts, completionLengths },
    { temperature: 1 },
  );
  const hidePadding = (values: Float32Array): Float32Array =>
    values.map((value, at) => value * tokenMask[at]!);
  return {
    count,
    promptLength: PROMPT,
    completionLength: COMPLETION,
    tokens,
    promptStarts,
    completionLengths,
    finished: new Uint8Array(count).fill(1),
    groups: Int32Array.from({ length: count }, (_, row) => Math.floor(row / GROUP)),
    authors: new Uint8Array(count * COMPLETION),
    ...createLineage(count, COMPLETION),
    perToken: {
      logprobs: hidePadding(scores.logprobs),
      entropies: hidePadding(scores.entropies),
      credit,
      tokenMask,
    },
    perRollout: { advantages },
  };
}

export function createTraining(changes: Partial<TrainingPlan> = {}): TrainingPlan {
  const optimizer = { learningRate: 1e-2 };
  return { ...trainingSchema.parse({ groupSize: GROUP, microBatch: 8, steps: 4, optimizer }), ...changes };
}

/** GRPO with a clip, as far as the parts do not tell otherwise. */
export function createScheme(parts: Partial<SchemeInput> = {}): OpenScheme {
  return openScheme(
    defineScheme({ name: 'toy', title: 'toy', source: 'none', rewards: ['verifier'], ...parts }),
  );
}

interface Change extends Partial<UpdateCall> {
  readonly groups?: number;
}

export interface Updated extends PolicyUpdate {
  readonly weights: Float32Array[];
}

/** Updates a fresh toy policy once. */
export async function update(change: Change): Promise<Updated> {
  const policy = createToyPolicy();
  const batch = createBatch(policy, change.groups ?? 4);
  const updated = await updatePolicy({
    policy,
    moments: createMoments(policy),
    batch,
    scheme: createScheme(),
    training: createTraining(),
    maxNewTokens: COMPLETION,
    seed: 1,
    step: 0,
    ...change,
  });
  const weights = readParameters(policy).map((values) => values.slice());
  disposePolicy(policy);
  return { weights, ...updated };
}

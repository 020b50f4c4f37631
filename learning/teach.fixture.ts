import * as tf from '@tensorflow/tfjs-core';
import type { Scheme } from '../config/scheme.ts';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { createRolloutBatch, numberGroups } from '../rollouts/rollout-batch.fixture.ts';
import type { Columns, RolloutBatch, ShapedBatch } from '../rollouts/rollout-batch.ts';
import { estimateCredit } from '../schemes/credit/estimate-credit.ts';
import { openScheme, type OpenScheme } from '../schemes/open-scheme.ts';
import { toLossColumns } from './gradients/loss-columns.fixture.ts';
import { computePolicyLoss, type LossColumn, type WeightedTerm } from './gradients/policy-loss.ts';
import { ruleTokens } from './rule-tokens.ts';
import { weighTokens } from './gradients/token-weights.ts';

/** What a scheme teaches from rollouts without a model, as a training step does. */

export const GROUP = 4;
export const WIDTH = 6;
/** Mixed, all correct, none correct, one without a reward. */
export const REWARDS = [1, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, null, 0, 0] as const;
export const COUNT = REWARDS.length;

/** Columns that rollouts hold only when a part needs them. */
const OPTIONAL = ['referenceLogprobs', 'teacherLogprobs', 'values', 'disparities'] as const;

/** V of the distributions. */
const VOCABULARY = 3;

/** Of the policy that is trained; `distributions` [N, T, V] are logprobs of every token. */
type Current = Readonly<Record<'logprobs' | 'entropies' | 'distributions', Float32Array>>;

/**
 * Rollouts of uneven length, every fifth truncated; off-policy ones have ratios beyond every default clip. They hold what
 * `needs` names, and nothing else that has to be asked for.
 */
export function createRollouts(
  needs: ReadonlySet<string>,
  { isOnPolicy = false } = {},
): { readonly batch: RolloutBatch; readonly current: Current } {
  const generator = createGenerator(deriveStream(7, 'conformance'));
  const draw = (low: number, high: number): Float32Array =>
    Float32Array.from({ length: COUNT * WIDTH }, () => low + (high - low) * generator.uniform());
  const drawDistributions = (): Float32Array => {
    const logits = Array.from({ length: COUNT * WIDTH }, () =>
      Array.from({ length: VOCABULARY }, () => 4 * generator.uniform()),
    );
    const rows = logits.map((row) => {
      const total = Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0));
      return row.map((logit) => logit - total);
    });
    return Float32Array.from(rows.flat());
  };
  const scores = { logprobs: draw(-3, -0.05), entropies: draw(0, 2) };
  const optional = {
    referenceLogprobs: draw(-3, -0.05),
    teacherLogprobs: draw(-3, -0.05),
    // A new critic values every state 0.
    values: isOnPolicy ? new Float32Array(COUNT * WIDTH) : draw(0, 1),
    disparities: draw(0, 1),
  };
  const needed = OPTIONAL.filter((name) => needs.has(name)).map((name) => [name, optional[name]]);
  const batch = createRolloutBatch({
    count: COUNT,
    completionLength: WIDTH,
    completionLengths: Int32Array.from({ length: COUNT }, (_, row) =>
      row % 5 === 0 ? WIDTH : 1 + (row % WIDTH),
    ),
    finished: Uint8Array.from({ length: COUNT }, (_, row) => Number(row % 5 !== 0)),
    groups: numberGroups(COUNT, GROUP),
    // Two trees of two in each group.
    parents: Int32Array.from({ length: COUNT }, (_, row) => (row % 2 === 0 ? -1 : (row % GROUP) - 1)),
    perToken: {
      ...scores,
      ...(isOnPolicy ? {} : { logprobs: draw(-3, -0.05), entropies: draw(0, 2) }),
      ...(Object.fromEntries(needed) as object),
    },
    perRollout: {},
    ...(needs.has('teacherDistributions')
      ? { perVocabulary: { teacherDistributions: drawDistributions() } }
      : {}),
  });
  return { batch, current: { ...scores, distributions: drawDistributions() } };
}

export interface Outcome
  extends
    Pick<ShapedBatch['perToken'], 'credit' | 'tokenMask'>,
    Pick<ShapedBatch['perRollout'], 'advantages'> {
  readonly loss: number;
  /** by logprobs, then by entropies, [N, T] each, then by distributions, [N, T, V] */
  readonly gradients: readonly [Float32Array, Float32Array, Float32Array];
  /** of the optimizer step */
  readonly lesson: ReturnType<typeof ruleTokens>;
  /** adaptive weights that the next step starts from */
  readonly remembered: readonly (number | null)[];
}

/** The terms in force with their weights of a first step. */
function adaptTerms({ objective }: OpenScheme, entropies: Float32Array) {
  const entropy = entropies.reduce((sum, value) => sum + value, 0) / entropies.length;
  const adapted = objective.map((term) => {
    const found = term.part.adapt?.(term.options, { weight: term.weight, remembered: null, entropy });
    return { term: { ...term, weight: found?.weight ?? term.weight }, next: found?.next ?? null };
  });
  const terms: WeightedTerm[] = adapted.map(({ term }) => term).filter(({ weight }) => weight !== 0);
  return { terms, remembered: adapted.map(({ next }) => next) };
}

function differentiate(
  arrays: Columns<Exclude<LossColumn, 'logprobs'> | 'behaviorLogprobs' | 'weights'>,
  { current, distributions }: { readonly current: Current; readonly distributions: Columns<string> },
  terms: readonly WeightedTerm[],
): Pick<Outcome, 'loss' | 'gradients'> {
  return tf.tidy(() => {
    const toTensor = (values: Float32Array): tf.Tensor2D => tf.tensor2d(values, [COUNT, WIDTH]);
    const toTensor3d = (values: Float32Array): tf.Tensor3D => tf.tensor3d(values, [COUNT, WIDTH, VOCABULARY]);
    const tensors = Object.entries(arrays).map(([name, values]) => [name, toTensor(values)]);
    const all = Object.entries(distributions).map(([name, values]) => [name, toTensor3d(values)]);
    const columns = toLossColumns(
      Object.fromEntries([...tensors, ...all]) as Record<keyof typeof arrays, tf.Tensor2D>,
      terms,
    );
    const computeLoss = (...inputs: tf.Tensor[]): tf.Tensor => {
      const [logprobs, entropies] = inputs as [tf.Tensor2D, tf.Tensor2D];
      const scores = { logprobs, entropies, distributions: inputs[2] as tf.Tensor3D };
      const { rows } = computePolicyLoss(scores, columns, terms);
      // The tape refuses a loss that does not depend on one of its inputs.
      return inputs.reduce((sum, input) => tf.add(sum, tf.mul(tf.sum(input), 0)), tf.sum(rows));
    };
    const { value, grads } = tf.valueAndGrads(computeLoss)([
      toTensor(current.logprobs),
      toTensor(current.entropies),
      toTensor3d(current.distributions),
    ]);
    const read = (at: number): Float32Array => Float32Array.from(grads[at]!.dataSync());
    return { loss: value.dataSync()[0]!, gradients: [read(0), read(1), read(2)] as const };
  });
}

/** Rewards → advantages → credit → loss and gradients. */
export function teach(
  scheme: Scheme,
  call: { readonly rewards?: readonly (number | null)[]; readonly isOnPolicy?: boolean } = {},
): Outcome {
  const open = openScheme(scheme);
  const rewards = call.rewards ?? REWARDS;
  const { batch, current } = createRollouts(open.needs, call);
  const counts = rewards.map((reward, row) => {
    const rollout = { outcome: 'correct', reward, isTruncated: batch.finished[row] === 0 } as const;
    return open.gates.every(({ part, options }) => part.counts?.(rollout, options) ?? true);
  });
  const { comparisons, credit: rules } = open;
  const shaped = estimateCredit(batch, { rewards, counts, comparisons, credit: rules });
  const { credit, tokenMask } = shaped.perToken;
  const { terms, remembered } = adaptTerms(open, batch.perToken.entropies);
  const lesson = ruleTokens(shaped, {
    rules,
    terms,
    score: () => current,
    ...{ seed: 7, step: 0, update: 0 },
  });
  const { aggregation } = scheme;
  const weights = weighTokens({
    width: WIDTH,
    tokenMask,
    aggregation,
    maxNewTokens: WIDTH + 2,
    localBatch: 5,
  });
  const { logprobs: behaviorLogprobs, ...columns } = batch.perToken;
  const { metrics: _metrics, ...ruled } = lesson;
  const arrays = { ...columns, weights, credit, tokenMask, ...ruled, behaviorLogprobs };
  const distributions = (batch.perVocabulary ?? {}) as Columns<string>;
  const learnt = differentiate(arrays, { current, distributions }, terms);
  return { ...learnt, ...shaped.perToken, ...shaped.perRollout, lesson, remembered };
}

/** Every number that training would see, as a text to compare. */
export function fingerprintOf({ loss, gradients, lesson, credit, remembered }: Outcome): string {
  const arrays = [...gradients, lesson.tokenWeights, lesson.slopes ?? [], credit];
  return JSON.stringify([loss, remembered, ...arrays.map((values) => [...values])]);
}

/** The first number of an outcome that is not finite, or stands where it does not count; null: none. */
export function findLeak({ loss, gradients, advantages, lesson, credit, tokenMask }: Outcome): string | null {
  if (![loss, ...advantages].every(Number.isFinite)) return `loss ${loss}, advantages ${advantages.join()}`;
  const grids = {
    credit,
    'token weight': lesson.tokenWeights,
    'gradient by logprob': gradients[0],
    'gradient by entropy': gradients[1],
    'gradient by distribution': gradients[2],
    ...(lesson.slopes === undefined ? {} : { slope: lesson.slopes }),
  };
  for (const [name, values] of Object.entries(grids)) {
    const depth = values.length / tokenMask.length;
    const counts = (place: number): boolean => tokenMask[Math.floor(place / depth)] !== 0;
    const at = values.findIndex((value, place) => !Number.isFinite(value) || (!counts(place) && value !== 0));
    if (at >= 0) return `${name} ${values[at]} of token ${Math.floor(at / depth)}, counted: ${counts(at)}`;
  }
  return null;
}

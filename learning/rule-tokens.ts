import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import type { ShapedBatch } from '../rollouts/rollout-batch.ts';
import type {
  CreditRule,
  CurrentScores,
  OptimizerBatch,
  TokenRuling,
} from '../schemes/credit/credit-rule.ts';
import type { Opened } from '../config/part.ts';
import { findSurrogate, type WeightedTerm } from './gradients/policy-loss.ts';
import { measureRatios } from './gradients/ratio-statistics.ts';

function once<Value>(compute: () => Value): () => Value {
  let found: { readonly value: Value } | null = null;
  return () => (found ??= { value: compute() }).value;
}

/** Whether the first surrogate's clip acts on a token under the policy as it is. */
function createClipTest(
  batch: ShapedBatch,
  terms: readonly WeightedTerm[],
  current: () => CurrentScores,
): (at: number) => boolean {
  const term = findSurrogate(terms);
  if (term === null) return () => false;
  const { part, options } = term;
  const ratios = once(() => measureRatios(batch, current().logprobs, part.surrogate!.ratioLevel(options)));
  return (at) => part.surrogate!.isClipped(ratios()[at]!, batch.perToken.credit[at]!, options);
}

/**
 * Lets the credit rules that wait for the optimizer step decide, one after the other, what each token of its batch learns.
 *
 * @param call.score scores the batch under the policy as it is; called once, and only when a rule asks
 */
export function ruleTokens(
  batch: ShapedBatch,
  call: {
    readonly rules: readonly Opened<CreditRule<object>>[];
    readonly terms: readonly WeightedTerm[];
    readonly score: () => CurrentScores;
    readonly seed: number;
    readonly step: number;
    readonly update: number;
  },
): TokenRuling {
  const { tokenMask, credit, logprobs: behaviorLogprobs } = batch.perToken;
  const current = once(call.score);
  const isClipped = createClipTest(batch, call.terms, current);
  let lesson: TokenRuling = { tokenWeights: batch.perToken.tokenWeights ?? tokenMask };
  for (const { part, options } of call.rules) {
    if (part.rule === undefined) continue;
    const generator = createGenerator(deriveStream(call.seed, part.name), call.step, call.update);
    const { tokenWeights } = lesson;
    const width = batch.completionLength;
    const seen: OptimizerBatch = {
      ...{ width, credit, behaviorLogprobs, tokenMask, tokenWeights, current, isClipped, generator },
    };
    const ruling = part.rule(seen, options);
    const { slopes: before } = lesson;
    const slopes =
      before === undefined ? ruling.slopes : ruling.slopes?.map((slope, at) => slope + before[at]!);
    lesson = {
      ...lesson,
      ...ruling,
      ...(slopes === undefined ? {} : { slopes }),
      metrics: { ...lesson.metrics, ...ruling.metrics },
    };
  }
  return lesson;
}

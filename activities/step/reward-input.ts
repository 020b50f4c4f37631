import type { RolloutWithVerdict } from '../../db/queries/rollouts.ts';
import { measureAnswerConfidence, type AnswerConfidence } from '../../schemes/rewards/answer-confidence.ts';
import type { GroupMember, RewardInput } from '../../schemes/rewards/reward.ts';
import { orderDraw, rewardDraw } from '../../schemes/rewards/reward-draw.ts';
import { AUTHORS, type RolloutBatch, type SampledColumn } from '../../rollouts/rollout-batch.ts';
import type { RowOfBatch } from '../../rollouts/select-rows.ts';
import { toTokenSpan } from '../../rollouts/token-span.ts';
import type { RunContext } from '../run/run-context.ts';

/** A training rollout: its row in the store, and the row of the sampled batch that has its columns. */
export interface PlacedRollout extends RowOfBatch<SampledColumn, never> {
  readonly rollout: RolloutWithVerdict;
}

/** What is known of one prompt's rollouts beside their rows. */
export interface GroupSignals {
  /** By rollout id; without an entry no judge ran. */
  readonly judged: ReadonlyMap<number, RewardInput['judgements']>;
  readonly pool: RewardInput['pool'];
}

/**
 * Rows of the store beside the batch that they were sampled in: both hold problems, and samples of each, in their order.
 *
 * @throws RangeError when they are not of the same rollouts
 */
export function placeRollouts(batch: RolloutBatch, rows: readonly RolloutWithVerdict[]): PlacedRollout[] {
  const isSame =
    rows.length === batch.count && rows.every(({ problemIndex }, row) => batch.groups[row] === problemIndex);
  if (!isSame) {
    throw new RangeError(
      `expected the rows of a batch whose groups are ${batch.groups.join()}; found rows of problems ` +
        rows.map(({ problemIndex }) => problemIndex).join(),
    );
  }
  return rows.map((rollout, row) => ({ batch, row, rollout }));
}

function confidenceOf(
  { task, tokenizer }: RunContext,
  { batch, row, rollout }: PlacedRollout,
): AnswerConfidence | null {
  const span = rollout.isTruncated ? null : task.answerSpan(rollout.text);
  if (span === null) return null;
  const cut = <Values extends Float32Array | Int32Array>(values: Values, begin: number): Values =>
    values.subarray(begin, begin + batch.completionLengths[row]!) as Values;
  const { promptLength, completionLength: width, tokens, perToken } = batch;
  const { logprobs, disparities } = perToken;
  const offsets = tokenizer.offsets(cut(tokens, row * (promptLength + width) + promptLength));
  return measureAnswerConfidence(toTokenSpan(span, offsets), {
    logprobs: cut(logprobs, row * width),
    disparities: disparities === undefined ? null : cut(disparities, row * width),
  });
}

/** Σ of logprob − reference logprob over the tokens that the policy wrote; null when no reference was recorded. */
function referenceGapOf({ batch, row }: PlacedRollout): number | null {
  const { referenceLogprobs, logprobs } = batch.perToken;
  if (referenceLogprobs === undefined) return null;
  const begin = row * batch.completionLength;
  let gap = 0;
  for (let at = begin; at < begin + batch.completionLengths[row]!; at += 1) {
    if (batch.authors[at] === AUTHORS.policy) gap += logprobs[at]! - referenceLogprobs[at]!;
  }
  return gap;
}

/** Everything that rewards may look at, for each rollout of one prompt in sampling order. */
export function toRewardInputs(
  context: RunContext,
  placed: readonly PlacedRollout[],
  { judged, pool }: GroupSignals,
): RewardInput[] {
  const { seed } = context.plan;
  const group = placed.map((placedRollout): GroupMember => {
    const { rollout: row } = placedRollout;
    const address = { step: row.step, problem: row.problemIndex, sample: row.sampleIndex };
    return {
      problem: { key: row.problemKey, prompt: row.prompt, answer: row.answer },
      completion: row.text,
      format: row.format,
      tokenCount: row.tokenCount,
      maxTokens: context.maxNewTokens,
      isTruncated: row.isTruncated,
      verdict: { outcome: row.verdict.outcome, extractedAnswer: row.verdict.extractedAnswer },
      judgements: judged.get(row.id) ?? {},
      confidence: confidenceOf(context, placedRollout),
      statedConfidence: row.isTruncated ? null : context.task.statedConfidence(row.text),
      referenceGap: referenceGapOf(placedRollout),
      pool,
      draw: rewardDraw(seed, address),
      order: orderDraw(seed, address),
    };
  });
  return group.map((member, position) => ({ ...member, group, position }));
}

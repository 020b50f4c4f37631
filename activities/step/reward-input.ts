import type { RolloutWithVerdict } from '../../db/queries/rollouts.ts';
import { measureAnswerConfidence, type AnswerConfidence } from '../../schemes/rewards/answer-confidence.ts';
import type { GroupMember, RewardInput } from '../../schemes/rewards/reward.ts';
import { orderDraw, rewardDraw } from '../../schemes/rewards/reward-draw.ts';
import { listGroups } from '../../rollouts/groups.ts';
import { AUTHORS, type RolloutBatch, type SampledColumn } from '../../rollouts/rollout-batch.ts';
import type { RowOfBatch } from '../../rollouts/select-rows.ts';
import { toTokenSpan } from '../../rollouts/token-span.ts';
import { toFloats, toInts } from '../../db/blobs.ts';
import type { RunContext } from '../run/run-context.ts';

type SampledRow = RowOfBatch<SampledColumn, never>;

/** Where in the sampled batches a training rollout stands. */
export type PlaceRollout = (rollout: {
  readonly problemIndex: number;
  readonly sampleIndex: number;
}) => SampledRow;

/** What is known of one prompt's rollouts beside their rows. */
export interface GroupSignals {
  /** By rollout id; without an entry no judge ran. */
  readonly judged: ReadonlyMap<number, RewardInput['judgements']>;
  readonly place: PlaceRollout;
  readonly pool: RewardInput['pool'];
}

/** Indexes the rollouts of a step's batches: a group's number is its problem's index in the step. */
export function indexRollouts(batches: readonly RolloutBatch[]): PlaceRollout {
  const places = new Map<number, readonly SampledRow[]>();
  for (const batch of batches) {
    for (const rows of listGroups(batch.groups))
      places.set(
        batch.groups[rows[0]!]!,
        rows.map((row) => ({ batch, row })),
      );
  }
  return ({ problemIndex, sampleIndex }) => places.get(problemIndex)![sampleIndex]!;
}

function disparitiesOf({ batch, row }: SampledRow): Float32Array | null {
  const begin = row * batch.completionLength;
  return batch.perToken.disparities?.subarray(begin, begin + batch.completionLengths[row]!) ?? null;
}

function confidenceOf(
  context: RunContext,
  rollout: RolloutWithVerdict,
  place: PlaceRollout,
): AnswerConfidence | null {
  const span = rollout.isTruncated ? null : context.task.answerSpan(rollout.text);
  if (span === null) return null;
  const offsets = context.tokenizer.offsets(toInts(rollout.tokens));
  return measureAnswerConfidence(toTokenSpan(span, offsets), {
    logprobs: toFloats(rollout.logprobs),
    disparities: disparitiesOf(place(rollout)),
  });
}

/** Σ of logprob − reference logprob over the tokens that the policy wrote; null when no reference was recorded. */
function referenceGapOf({ batch, row }: SampledRow): number | null {
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
  rows: readonly RolloutWithVerdict[],
  { judged, place, pool }: GroupSignals,
): RewardInput[] {
  const { seed } = context.plan;
  const group = rows.map((row): GroupMember => {
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
      confidence: confidenceOf(context, row, place),
      statedConfidence: row.isTruncated ? null : context.task.statedConfidence(row.text),
      referenceGap: referenceGapOf(place(row)),
      pool,
      draw: rewardDraw(seed, address),
      order: orderDraw(seed, address),
    };
  });
  return group.map((member, position) => ({ ...member, group, position }));
}

import type { RolloutWithVerdict } from '../db/rollouts.ts';
import { measureAnswerConfidence, type AnswerConfidence } from '../rewards/answer-confidence.ts';
import type { GroupMember, RewardInput } from '../rewards/reward-component.ts';
import { orderDraw, rewardDraw } from '../rewards/reward-draw.ts';
import type { JudgedCriterion } from '../rewards/rubric.ts';
import type { RolloutBatch, SampledColumn } from '../rollouts/rollout-batch.ts';
import type { RowOfBatch } from '../rollouts/select-rows.ts';
import { toFloats } from './float-blob.ts';
import type { RunContext } from './run-context.ts';

/** What is known of one prompt's rollouts beside their rows. */
export interface GroupSignals {
  /** By rollout id; without an entry no judge ran. */
  readonly judged: ReadonlyMap<number, readonly JudgedCriterion[]>;
  /** The sampled batches, by sampling round. */
  readonly batches: readonly RolloutBatch[];
  readonly pool: RewardInput['pool'];
}

/** Where in the sampled batches a training rollout stands: a group's number is its problem's index in the step. */
export function placeRollout(
  batches: readonly RolloutBatch[],
  { problemIndex, sampleIndex }: { readonly problemIndex: number; readonly sampleIndex: number },
): RowOfBatch<SampledColumn, never> {
  const batch = batches.find(({ groups }) => groups.includes(problemIndex))!;
  const rows = [...batch.groups.keys()].filter((row) => batch.groups[row] === problemIndex);
  return { batch, row: rows[sampleIndex]! };
}

function disparitiesOf({ batch, row }: RowOfBatch<SampledColumn, never>): Float32Array | null {
  const begin = row * batch.completionLength;
  return batch.perToken.disparities?.subarray(begin, begin + batch.completionLengths[row]!) ?? null;
}

/** Tokens are characters here, so the answer's span in the text is its span in the tokens. */
function confidenceOf(
  context: RunContext,
  rollout: RolloutWithVerdict,
  batches: readonly RolloutBatch[],
): AnswerConfidence | null {
  const span = rollout.isTruncated ? null : context.task.answerSpan(rollout.text);
  if (span === null) return null;
  return measureAnswerConfidence(span, {
    logprobs: toFloats(rollout.logprobs),
    disparities: disparitiesOf(placeRollout(batches, rollout)),
  });
}

/** Everything that reward components may look at, for each rollout of one prompt in sampling order. */
export function toRewardInputs(
  context: RunContext,
  rows: readonly RolloutWithVerdict[],
  { judged, batches, pool }: GroupSignals,
): RewardInput[] {
  const { seed } = context.plan;
  const addresses = rows.map((row) => ({
    step: row.step,
    problem: row.problemIndex,
    sample: row.sampleIndex,
  }));
  const group = rows.map((row, i): GroupMember => ({
    verdict: { outcome: row.verdict.outcome, extractedAnswer: row.verdict.extractedAnswer },
    confidence: confidenceOf(context, row, batches),
    order: orderDraw(seed, addresses[i]!),
  }));
  return rows.map((row, position) => ({
    problem: { key: row.problemKey, prompt: row.prompt, answer: row.answer },
    completion: row.text,
    format: row.format,
    tokenCount: row.tokenCount,
    maxTokens: context.maxNewTokens,
    isTruncated: row.isTruncated,
    verdict: group[position]!.verdict,
    rubric: judged.get(row.id) ?? null,
    confidence: group[position]!.confidence,
    statedConfidence: row.isTruncated ? null : context.task.statedConfidence(row.text),
    pool,
    group,
    position,
    draw: rewardDraw(seed, addresses[position]!),
  }));
}

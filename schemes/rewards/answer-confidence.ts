/** How sure the behavior policy was of its answer's tokens, each in [0, 1]. */
export interface AnswerConfidence {
  /** Mean over the span of first minus second probability; null when sampling did not record it. */
  readonly disparity: number | null;
  /** Mean probability of the tokens drawn. */
  readonly meanProbability: number;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Confidence of the tokens [from, to) of one completion.
 *
 * @param logprobs of the tokens drawn, natural log
 * @param disparities first minus second probability per token; null when not recorded
 * @throws RangeError when the span is empty or leaves the completion
 */
export function measureAnswerConfidence(
  span: { readonly from: number; readonly to: number },
  { logprobs, disparities }: { readonly logprobs: Float32Array; readonly disparities: Float32Array | null },
): AnswerConfidence {
  const { from, to } = span;
  if (!(from >= 0 && from < to && to <= logprobs.length)) {
    throw new RangeError(`the answer span [${from}, ${to}) is no part of ${logprobs.length} tokens`);
  }
  return {
    disparity: disparities === null ? null : mean([...disparities.slice(from, to)]),
    meanProbability: mean([...logprobs.slice(from, to)].map(Math.exp)),
  };
}

/** The accuracy of one training example in one pass through the examples. */
export interface ExampleAccuracy {
  readonly example: number;
  /** 0–1 */
  readonly accuracy: number;
}

/**
 * Examples by the variance of their accuracy over the passes of a training run (ddof 0), highest first; equal variances by
 * example. Source: historical variance score of one-shot RLVR, arXiv 2504.20571, section 2.
 *
 * @param accuracies one per example and pass, in any order
 */
export function rankByVariance(
  accuracies: readonly ExampleAccuracy[],
): { readonly example: number; readonly variance: number }[] {
  const byExample = new Map<number, number[]>();
  for (const { example, accuracy } of accuracies) {
    const passes = byExample.get(example);
    if (passes === undefined) byExample.set(example, [accuracy]);
    else passes.push(accuracy);
  }
  return [...byExample]
    .map(([example, passes]) => {
      const mean = passes.reduce((sum, value) => sum + value, 0) / passes.length;
      const squares = passes.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      return { example, variance: squares / passes.length };
    })
    .sort((a, b) => b.variance - a.variance || a.example - b.example);
}

/** Samples drawn for one problem and how many of them were correct. */
export interface SampleCounts {
  readonly n: number;
  readonly c: number;
}

function assertCounts({ n, c }: SampleCounts, k: number): void {
  const whole = Number.isInteger(n) && Number.isInteger(c) && Number.isInteger(k);
  if (!whole || c < 0 || c > n || k < 1) {
    throw new RangeError(`pass@k needs integers 0 <= c <= n and k >= 1, found n=${n}, c=${c}, k=${k}`);
  }
}

/**
 * Unbiased chance that at least one of k samples is correct: 1 − C(n−c, k) / C(n, k), null (undefined) for k > n.
 * Evaluated as a product because the binomials overflow. At k = 1, where the samples have graded scores that sum to c, their mean. Source: Chen et al. 2021, arXiv 2107.03374, section 2.1.
 *
 * @throws RangeError when the counts are not integers with 0 <= c <= n and k >= 1
 */
export function passAtK(counts: SampleCounts, k: number): number | null {
  const { n, c } = counts;
  // Graded scores: of one sample the mean is all there is.
  if (k === 1 && !Number.isInteger(c) && n > 0) return c / n;
  assertCounts(counts, k);
  if (k > n) return null;
  if (n - c < k) return 1;
  let allWrong = 1;
  for (let i = n - c + 1; i <= n; i += 1) allWrong *= 1 - k / i;
  return 1 - allWrong;
}

/**
 * Unbiased chance that all of k samples are correct: C(c, k) / C(n, k), null (undefined) for k > n.
 * Source: Yao et al. 2024 (tau-bench), arXiv 2406.12045, section 4.
 *
 * @throws RangeError when the counts are not integers with 0 <= c <= n and k >= 1
 */
export function passHatK(counts: SampleCounts, k: number): number | null {
  assertCounts(counts, k);
  const { n, c } = counts;
  if (k > n) return null;
  let allRight = 1;
  for (let i = 0; i < k && allRight > 0; i += 1) allRight *= (c - i) / (n - i);
  return allRight;
}

/** Mean of an estimator over problems; null when there is none, or when it is undefined for any of them. */
export function meanOverProblems(
  problems: readonly SampleCounts[],
  k: number,
  estimator: (counts: SampleCounts, k: number) => number | null,
): number | null {
  if (problems.length === 0) return null;
  let sum = 0;
  for (const counts of problems) {
    const value = estimator(counts, k);
    if (value === null) return null;
    sum += value;
  }
  return sum / problems.length;
}

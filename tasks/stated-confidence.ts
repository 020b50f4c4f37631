const HIGHEST_DIGIT = 9;

/** The digits that can state a confidence: 0, 1, … 9. */
export const CONFIDENCE_DIGITS: readonly number[] = Array.from({ length: HIGHEST_DIGIT + 1 }, (_, d) => d);

/** The probability of being right that digit d states: d/9. */
export function confidenceOfDigit(digit: number): number {
  return digit / HIGHEST_DIGIT;
}

const HIGHEST_DIGIT = 9;

/** The confidences that one digit can state: 0/9, 1/9, … 9/9. */
export const CONFIDENCE_DIGITS: readonly number[] = Array.from({ length: HIGHEST_DIGIT + 1 }, (_, d) => d);

/** The probability of being right that digit d states: d/9. */
export function confidenceOfDigit(digit: number): number {
  return digit / HIGHEST_DIGIT;
}

/** The digit that states a confidence best. */
export function digitOfConfidence(confidence: number): number {
  return Math.round(confidence * HIGHEST_DIGIT);
}

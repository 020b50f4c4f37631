/**
 * What a deterministic check found. `unverifiable` means that the check could not decide (no reference answer, the
 * check itself failed): it is never counted as wrong.
 */
export type Outcome = 'correct' | 'incorrect' | 'malformed' | 'unverifiable';

/** The typed result of verifying one completion; `extractedAnswer` is the final answer as written, null when there is none. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly extractedAnswer: string | null;
  readonly reason?: string;
}

/** The completion holds no readable final answer, or did not end. */
export function malformed(reason: string, extractedAnswer: string | null = null): Verdict {
  return { outcome: 'malformed', extractedAnswer, reason };
}

/** Compares an extracted answer with the reference by text. */
export function verdictOfAnswer(extractedAnswer: string, answer: string): Verdict {
  return { outcome: extractedAnswer === answer ? 'correct' : 'incorrect', extractedAnswer };
}

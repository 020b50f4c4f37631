/** How a score of a source becomes one from 0 to 1. */
export interface Scoring {
  /** For the reader: "right where the score is at least 0.5"; null: as they are. */
  readonly description: string | null;
  readonly toScore: (score: number) => number;
}

export const AS_TOLD: Scoring = { description: null, toScore: (score) => score };

/** Right from `least` on. */
export function scoreFrom(least: number): Scoring {
  return {
    description: `A sample is right where its score is at least ${least}.`,
    toScore: (score) => (score >= least ? 1 : 0),
  };
}

/** Scores from `low` to `high` as 0 to 1. */
export function scoreWithin(low: number, high: number): Scoring {
  return {
    description: `Scores from ${low} to ${high} are taken as 0 to 1.`,
    toScore: (score) => (score - low) / (high - low),
  };
}

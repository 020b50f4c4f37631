import type { Hypothesis } from '../../config/hypothesis.ts';

/** What a comparison of imported arms is asked. */
export interface Question {
  readonly baseline: string;
  /** The other arms. */
  readonly arms: readonly string[];
  readonly splits: readonly string[];
  readonly ks: readonly number[];
  readonly isGraded: boolean;
  readonly alternative: Hypothesis['alternative'];
  readonly margin: number | null;
  readonly interest: number | null;
}

/** Imported splits have names of their own; the schema's are those of matrices. */
type Split = Extract<Hypothesis['metric'], { name: 'pass@k' }>['split'];

const fraction = (value: number) => ({ value, unit: 'fraction' as const });

function describe({ alternative, margin, baseline }: Question, arm: string, metric: string): string {
  const by = margin ?? 0;
  switch (alternative) {
    case 'greater':
      return `${arm} is ${by === 0 ? '' : `more than ${by} `}above ${baseline} in ${metric}.`;
    case 'less':
      return `${arm} is ${by === 0 ? '' : `more than ${by} `}below ${baseline} in ${metric}.`;
    case 'noninferior':
      return `${arm} is at most ${by} below ${baseline} in ${metric}.`;
    case 'equivalent':
      return `${arm} is within ${by} of ${baseline} in ${metric}.`;
  }
}

/** A hypothesis for each arm, split and k, corrected together; a mean score has no k. */
export function planQuestions(question: Question): Hypothesis[] {
  const { baseline, arms, splits, ks, isGraded, alternative, margin, interest } = question;
  return splits.flatMap((name) =>
    (isGraded ? [1] : ks).flatMap((k) =>
      arms.map((treatment): Hypothesis => {
        const split = name as Split;
        return {
          claim: describe(question, treatment, `${isGraded ? 'mean score' : `pass@${k}`} on ${name}`),
          ...{ treatment, control: baseline, alternative, reported: 'not-reported' },
          metric: isGraded ? { name: 'score', split } : { name: 'pass@k', split, k },
          ...(margin === null ? {} : { margin: fraction(margin) }),
          ...(interest === null ? {} : { interest: fraction(interest) }),
        };
      }),
    ),
  );
}

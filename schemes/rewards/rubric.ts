import type { Problem } from '../../tasks/problem.ts';
import type { FinishedCompletion, Task } from '../../tasks/task.ts';

/** What the deterministic judge can check on any task. */
export const criteria = [
  'shows-steps',
  'steps-correct',
  'one-final-answer',
  'ends-properly',
  'known-format',
] as const;
export type Criterion = (typeof criteria)[number];

/** One criterion's outcome; `not-applicable` counts neither for nor against. */
export interface JudgedCriterion {
  readonly criterion: Criterion;
  readonly outcome: 'met' | 'unmet' | 'not-applicable';
  readonly weight: number;
}

type Finding = boolean | null;

function findings(task: Task, problem: Problem, completion: FinishedCompletion): Record<Criterion, Finding> {
  const steps = task.steps(problem, completion.text);
  const shown = steps?.filter((step) => step.text !== '') ?? [];
  return {
    'shows-steps': task.hasSteps ? shown.length > 0 && shown.length === steps?.length : null,
    'steps-correct': shown.length === 0 ? null : shown.every((step) => step.isCorrect),
    'one-final-answer': task.answers(completion.text).length === 1,
    'ends-properly': !completion.isTruncated,
    'known-format': task.formatOf(completion.text) !== 'other',
  };
}

function outcomeOf(finding: Finding): JudgedCriterion['outcome'] {
  if (finding === null) return 'not-applicable';
  return finding ? 'met' : 'unmet';
}

/**
 * The deterministic judge: does the completion show its steps, is each of them right, is there exactly one final answer,
 * did it end by itself, is it in one of the task's formats. Steps are not applicable where the task has none, their
 * correctness where none is shown. Every weight is 1.
 */
export function judgeRubric(task: Task, problem: Problem, completion: FinishedCompletion): JudgedCriterion[] {
  const found = findings(task, problem, completion);
  return criteria.map((criterion) => ({ criterion, outcome: outcomeOf(found[criterion]), weight: 1 }));
}

/** Weighted share of met criteria among the applicable ones, in [0, 1]; null when none applies or all weigh 0. */
export function rubricScore(judged: readonly JudgedCriterion[]): number | null {
  let met = 0;
  let applicable = 0;
  for (const { outcome, weight } of judged) {
    if (outcome === 'not-applicable') continue;
    applicable += weight;
    if (outcome === 'met') met += weight;
  }
  return applicable === 0 ? null : met / applicable;
}

import { z } from 'zod';
import { WHOLE_ROLLOUT, type JudgeCall, type Judgement, type RulesJudge } from './judge.ts';

const criteria = [
  'shows-steps',
  'steps-correct',
  'one-final-answer',
  'ends-properly',
  'known-format',
] as const;
type Criterion = (typeof criteria)[number];

const optionsSchema = z.strictObject({
  criteria: z
    .partialRecord(z.enum(criteria), z.number().min(0))
    .refine((chosen) => Object.keys(chosen).length > 0, 'names no criterion')
    .default({
      'shows-steps': 1,
      'steps-correct': 1,
      'one-final-answer': 1,
      'ends-properly': 1,
      'known-format': 1,
    })
    .describe('Weight of each criterion that is checked; those left out are not.'),
});

/** Null: there is nothing to check. */
function check(criterion: Criterion, { task, problem, completion }: JudgeCall): boolean | null {
  const { text, isTruncated } = completion;
  const steps = task.steps(problem, text);
  const shown = steps?.filter((step) => step.text !== '') ?? [];
  const findings: Record<Criterion, boolean | null> = {
    'shows-steps': task.hasSteps ? shown.length > 0 && shown.length === steps?.length : null,
    'steps-correct': shown.length === 0 ? null : shown.every((step) => step.isCorrect),
    'one-final-answer': task.answers(text).length === 1,
    'ends-properly': !isTruncated,
    'known-format': task.formatOf(text) !== 'other',
  };
  return findings[criterion];
}

function toJudgement(item: string, finding: boolean | null, weight: number): Judgement {
  const said =
    finding === null
      ? ({ outcome: 'not-applicable', score: null } as const)
      : ({ outcome: 'judged', score: Number(finding) } as const);
  return { item, unit: WHOLE_ROLLOUT, vote: 0, ...said, weight, label: null, text: null, tokens: 0 };
}

/**
 * Does the completion show its steps, is each of them right, is there exactly one final answer, did it end by itself, is it in one of
 * the task's formats. Steps are not applicable where the task has none, their correctness where none is shown.
 */
export const checks: RulesJudge<z.infer<typeof optionsSchema>> = {
  name: 'checks',
  description:
    'Criteria that can be checked on any task: steps shown and right, one answer, its end, its format.',
  optionsSchema,
  asks: 'item',
  engine: 'rules',
  // How many steps there are, and which are right, is the reference's working.
  sees: ({ criteria: chosen }) =>
    chosen['shows-steps'] === undefined && chosen['steps-correct'] === undefined ? 'nothing' : 'labels',
  items: ({ criteria: chosen }) => Object.keys(chosen),
  judge: (call, { criteria: chosen }) =>
    (Object.entries(chosen) as [Criterion, number][]).map(([criterion, weight]) =>
      toJudgement(criterion, check(criterion, call), weight),
    ),
};

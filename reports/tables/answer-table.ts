import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { groupRows } from '../comparison/group-rows.ts';
import { formatScore } from '../text/format-number.ts';
import type { PlainTable } from './plain-table.ts';

/** What a reward that is asked answered on the training rollouts of a condition's runs. */
export interface AnswerRow {
  readonly condition: string;
  readonly reward: string;
  readonly asked: number;
  readonly scored: number;
  /** It said itself that there is no score. */
  readonly none: number;
  readonly late: number;
  readonly rejected: number;
  /** The program ended. */
  readonly ended: number;
  readonly unreadable: number;
  /** Of all that were asked, those without an answer. */
  readonly failedShare: number;
  /** A message of one that failed. */
  readonly example: string | null;
}

export const answerTable: PlainTable<AnswerRow> = {
  file: 'answers.csv',
  id: 'answers',
  title: 'Scores that were asked for',
  heading: '## Scores that were asked for',
  lead:
    'Some rewards wait for a program or a service. A rollout whose score did not come stands outside every mean: it is neither right nor ' +
    'wrong, and nothing is learned from it.',
  caption: 'training rollouts that a reward was asked about, and why a score did not come',
  tabulate: ({ input }) => tabulateAnswers(input),
  columns: [
    { name: 'condition', title: 'condition', cell: (row) => row.condition },
    { name: 'reward', title: 'reward', cell: (row) => row.reward },
    { name: 'asked', title: 'asked', kind: 'number', cell: (row) => row.asked },
    { name: 'scored', title: 'scored', kind: 'number', cell: (row) => row.scored },
    { name: 'none', title: 'no score to give', kind: 'number', cell: (row) => row.none },
    { name: 'late', title: 'late', kind: 'number', cell: (row) => row.late },
    { name: 'rejected', title: 'rejected', kind: 'number', cell: (row) => row.rejected },
    { name: 'ended', title: 'program ended', kind: 'number', cell: (row) => row.ended },
    { name: 'unreadable', title: 'unreadable', kind: 'number', cell: (row) => row.unreadable },
    {
      name: 'failed_share',
      title: 'failed',
      kind: 'number',
      format: formatScore,
      cell: (row) => row.failedShare,
    },
    { name: 'example', title: 'for example', cell: (row) => row.example },
  ],
};

/** One row per condition and asked reward, over all its runs. */
export function tabulateAnswers(input: ComparisonInput): AnswerRow[] {
  const conditionOf = new Map(input.runs.map(({ id, condition }) => [id, condition]));
  return input.conditions.flatMap(({ name }) => {
    const own = input.answers.filter(({ runId }) => conditionOf.get(runId) === name);
    return [...groupRows(own, ({ reward }) => reward)].map(([reward, answers]): AnswerRow => {
      const countOf = (kind: string): number =>
        answers.reduce((sum, row) => sum + (row.kind === kind ? row.rollouts : 0), 0);
      const asked = answers.reduce((sum, { rollouts }) => sum + rollouts, 0);
      const [scored, none] = [countOf('scored'), countOf('none')];
      return {
        ...{ condition: name, reward, asked, scored, none },
        late: countOf('late'),
        rejected: countOf('rejected'),
        ended: countOf('ended'),
        unreadable: countOf('unreadable'),
        failedShare: (asked - scored - none) / asked,
        example: answers.find(({ example }) => example !== null)?.example ?? null,
      };
    });
  });
}

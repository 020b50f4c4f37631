import type { Analysis } from '../comparison/analyze-comparison.ts';
import type { EqualBudgetRow } from '../tables/equal-token-table.ts';
import { formatScore } from '../text/format-number.ts';
import { html } from './html.ts';
import { renderTable } from './page-table.ts';
import type { Section } from './result-sections.ts';

/**
 * dev pass@1 at equal tokens beside equal steps; dev is the only split that is read during training. A line holds two rows
 * of the table, one for each reading, or says that one is absent.
 */
export function equalTokenSection({ equalBudgets }: Analysis): Section | null {
  if (equalBudgets.length === 0) return null;
  const conditions = [...new Set(equalBudgets.map(({ condition }) => condition))];
  const rowOf = (condition: string, equal: EqualBudgetRow['equal']): EqualBudgetRow | undefined =>
    equalBudgets.find((row) => row.condition === condition && row.equal === equal);
  const score = (row: EqualBudgetRow | undefined): string =>
    row === undefined
      ? 'not evaluated within it'
      : `${formatScore(row.mean)} (${formatScore(row.low)} to ${formatScore(row.high)})`;
  const spent = (row: EqualBudgetRow | undefined): string =>
    row === undefined ? '–' : `${Math.round(row.tokens)} in ${row.steps.toFixed(1)} steps`;
  const budgetOf = (equal: EqualBudgetRow['equal']): number | undefined =>
    equalBudgets.find((row) => row.equal === equal)?.budget;
  const [tokens, steps] = [budgetOf('tokens'), budgetOf('steps')];
  const read = [
    ...(tokens === undefined ? [] : [`within ${Math.round(tokens)} sampled tokens`]),
    ...(steps === undefined ? [] : [`after ${steps} steps`]),
  ];
  const table = renderTable(
    `dev pass@1 ${read.join(', and ')}`,
    [
      { title: 'condition', cell: (name: string) => name },
      { title: 'equal tokens', kind: 'number', cell: (name) => score(rowOf(name, 'tokens')) },
      { title: 'spent', kind: 'number', cell: (name) => spent(rowOf(name, 'tokens')) },
      { title: 'equal steps', kind: 'number', cell: (name) => score(rowOf(name, 'steps')) },
      { title: 'spent', kind: 'number', cell: (name) => spent(rowOf(name, 'steps')) },
    ],
    conditions,
  );
  const body = html`
    <p class="lead">
      Schemes sample longer or shorter completions, so as many steps are not as much compute. The budget is
      the largest one within which every trained run was evaluated; each is read at its last evaluation within
      it.${
        tokens === undefined
          ? ' Here there is none: some run was first evaluated on dev after another had ended.'
          : ''
      }
    </p>
    ${table}
  `;
  return { id: 'equal-tokens', title: 'Equal tokens, equal steps', body };
}

import type { Analysis } from '../comparison/analyze-comparison.ts';
import { rankingTable } from '../tables/ranking-table.ts';
import { toMarkdown } from '../tables/table.ts';
import { escapeMarkdown } from './markdown-table.ts';

/** The answer and the arms as a few lines of Markdown, as for a comment on a pull request. */
export function toComparisonMarkdown({ answer, ranking, scoreName }: Analysis): string {
  return [
    answer.map((line) => `- ${escapeMarkdown(line)}`).join('\n'),
    ...(ranking.length === 0
      ? []
      : [`Arms by ${scoreName} on ${escapeMarkdown(ranking[0]!.split)}:`, toMarkdown(rankingTable, ranking)]),
  ].join('\n\n');
}

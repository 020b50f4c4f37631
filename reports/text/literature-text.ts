import { describeWork, type Constraint } from '../../config/constraint.ts';
import { escapeMarkdown } from './markdown-table.ts';

/** One line per statement, and one on what stands with it. */
export function listStatements(constraints: readonly Constraint[]): string {
  return constraints
    .flatMap(({ name, date, status, statement, claim, for: supporting, against }) => [
      `${name}  ${date}  ${status}  ${claim === null ? 'no claim tests it' : `tested by ${claim}`}, ${supporting.length} for, ${against.length} against`,
      `  ${statement}`,
    ])
    .join('\n');
}

/** A statement in full. */
export function describeConstraint(constraint: Constraint): string {
  const { name, date, status, statement, source, moderators, claim, for: supporting, against } = constraint;
  return [
    `${name} (${date}, ${status})`,
    statement,
    `source: ${source.title}, ${describeWork(source)}`,
    `tested by: ${claim ?? 'no claim'}`,
    ...Object.entries(moderators).map(([moderator, how]) => `depends on ${moderator}: ${how}`),
    ...supporting.map((work) => `for: ${describeWork(work)}`),
    ...against.map((work) => `against: ${describeWork(work)}`),
  ].join('\n');
}

/** What the papers say that a claim tests, and beside it the work that says otherwise, as Markdown; nothing without a statement. */
export function literatureMarkdown(constraints: readonly Constraint[]): string[] {
  return constraints.map(({ statement, source, moderators, against }) => {
    const depends = Object.entries(moderators).map(([name, how]) => `- depends on ${name}: ${how}`);
    const otherwise = against.map((work) => `- against: ${describeWork(work)}`);
    const lines = [...depends, ...otherwise].map((line) => `- ${escapeMarkdown(line.slice(2))}`);
    const said = `**The paper says** (${escapeMarkdown(describeWork(source))}): ${escapeMarkdown(statement)}`;
    return [said, ...(lines.length === 0 ? [] : ['', ...lines])].join('\n');
  });
}

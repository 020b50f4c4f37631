import { readExpression, type Expression } from './expression.ts';
import { malformed, type Verdict } from './verdict.ts';

/** What an expression must reach, with which numbers; whole numbers below 2^53. */
export interface ExpressionGoal {
  readonly numbers: readonly number[];
  readonly target: number;
  /** Whether every number must be used, or each at most once. */
  readonly use: 'all-once' | 'at-most-once';
  readonly operators: readonly string[];
}

/** Why the numbers used are not allowed; null when they are. Numbers that occur twice may be used twice. */
function misuse(used: readonly bigint[], { numbers, use }: ExpressionGoal): string | null {
  const left = numbers.map(BigInt);
  for (const number of used) {
    const at = left.indexOf(number);
    if (at < 0) return `${number} is not available (any more)`;
    left.splice(at, 1);
  }
  return use === 'all-once' && left.length > 0 ? `${left.join(', ')} is not used` : null;
}

function fault(expression: Expression, goal: ExpressionGoal): string | null {
  const foreign = expression.operators.find((operator) => !goal.operators.includes(operator));
  if (foreign !== undefined) return `operator '${foreign}' is not allowed`;
  const { value } = expression;
  if (value === null) return 'it has no value';
  const isReached = value.denominator === 1n && value.numerator === BigInt(goal.target);
  return misuse(expression.numbers, goal) ?? (isReached ? null : `it does not give ${goal.target}`);
}

/** Checks an expression against its goal by reading it; an unreadable one is malformed. */
export function verifyExpression(text: string, goal: ExpressionGoal): Verdict {
  const extractedAnswer = text.trim();
  try {
    const reason = fault(readExpression(text), goal);
    return reason === null
      ? { outcome: 'correct', extractedAnswer }
      : { outcome: 'incorrect', extractedAnswer, reason };
  } catch (error) {
    if (error instanceof SyntaxError) return malformed(error.message);
    throw error;
  }
}

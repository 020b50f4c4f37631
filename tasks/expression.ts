/** An exact rational value, reduced, with a positive denominator. */
interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** What an expression holds; `value` is null after a division by zero. */
export interface Expression {
  readonly numbers: readonly bigint[];
  readonly operators: readonly string[];
  readonly value: Rational | null;
}

const MAX_LENGTH = 400;

/** The greatest common divisor with the sign of `b`, so that dividing by it leaves a positive denominator. */
function signedDivisor(a: bigint, b: bigint): bigint {
  let [divisor, rest] = [a, b];
  while (rest !== 0n) [divisor, rest] = [rest, divisor % rest];
  return divisor < 0n === b < 0n ? divisor : -divisor;
}

function rational(numerator: bigint, denominator: bigint): Rational | null {
  if (denominator === 0n) return null;
  const divisor = signedDivisor(numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

function combine(left: Rational | null, operator: string, right: Rational | null): Rational | null {
  if (left === null || right === null) return null;
  const { numerator: a, denominator: b } = left;
  const { numerator: c, denominator: d } = right;
  if (operator === '+') return rational(a * d + c * b, b * d);
  if (operator === '-') return rational(a * d - c * b, b * d);
  if (operator === '*') return rational(a * c, b * d);
  return rational(a * d, b * c);
}

/** Recursive descent over: sum = product (± product)*; product = factor (×÷ factor)*; factor = −factor | (sum) | digits. */
class ExpressionReader {
  readonly numbers: bigint[] = [];
  readonly operators: string[] = [];
  private readonly tokens: readonly string[];
  private position = 0;

  constructor(tokens: readonly string[]) {
    this.tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.position === this.tokens.length;
  }

  private takeOneOf(wanted: string): string | null {
    const token = this.tokens[this.position];
    if (token === undefined || !wanted.includes(token)) return null;
    this.position += 1;
    return token;
  }

  /** @throws SyntaxError */
  sum(): Rational | null {
    return this.leftAssociative('+-', () => this.product());
  }

  private product(): Rational | null {
    return this.leftAssociative('*/', () => this.factor());
  }

  private leftAssociative(operators: string, operand: () => Rational | null): Rational | null {
    let value = operand();
    for (let operator = this.takeOneOf(operators); operator !== null; operator = this.takeOneOf(operators)) {
      this.operators.push(operator);
      value = combine(value, operator, operand());
    }
    return value;
  }

  private factor(): Rational | null {
    if (this.takeOneOf('-') !== null) return combine({ numerator: 0n, denominator: 1n }, '-', this.factor());
    if (this.takeOneOf('(') !== null) {
      const value = this.sum();
      if (this.takeOneOf(')') === null) throw new SyntaxError("a '(' is not closed");
      return value;
    }
    const token = this.tokens[this.position];
    if (token === undefined || !/^\d/.test(token))
      throw new SyntaxError(`a number is missing before '${token ?? ''}'`);
    this.position += 1;
    this.numbers.push(BigInt(token));
    return rational(BigInt(token), 1n);
  }
}

/**
 * Reads an arithmetic expression of whole numbers, `+ - * /`, unary minus, parentheses and blanks, with the usual
 * precedence, and evaluates it exactly, however large its numbers. Nothing is executed.
 *
 * @throws SyntaxError when the text is no such expression, or longer than 400 characters
 */
export function readExpression(text: string): Expression {
  if (text.length > MAX_LENGTH)
    throw new SyntaxError(`an expression of ${text.length} characters is too long`);
  const tokens = text.match(/\d+|\S/g) ?? [];
  const reader = new ExpressionReader(tokens);
  const value = reader.sum();
  if (!reader.isAtEnd) throw new SyntaxError('text follows the expression');
  return { numbers: reader.numbers, operators: reader.operators, value };
}

/** A chain of operations with one operand each, evaluated from left to right. */
export interface Chain {
  readonly start: number;
  readonly operations: readonly { readonly operator: string; readonly operand: number }[];
}

const CHAIN = /^(\d+)((?:[-+*]\d+)+)=$/;

/** Reads `47+8-3*2+6=`; null when the text is no chain. */
export function parseChain(prompt: string): Chain | null {
  const match = CHAIN.exec(prompt);
  if (match === null) return null;
  const operations = [...match[2]!.matchAll(/([-+*])(\d+)/g)].map((part) => ({
    operator: part[1]!,
    operand: Number(part[2]),
  }));
  return { start: Number(match[1]), operations };
}

function applyOperator(value: number, operator: string, operand: number): number {
  if (operator === '+') return value + operand;
  if (operator === '-') return value - operand;
  return value * operand;
}

/** The one of 0…modulus−1 that a value is congruent to. */
function reduce(value: number, modulus: number): number {
  const rest = value % modulus;
  return rest < 0 ? rest + modulus : rest;
}

/**
 * The value after each operation, each reduced to 0…modulus−1.
 *
 * @param slip by how much the value of the next operation is written wrong; the chain goes on from what is written
 */
export function chainValues({ start, operations }: Chain, modulus: number, slip = (): number => 0): number[] {
  let value = start;
  return operations.map(({ operator, operand }) => {
    value = reduce(applyOperator(value, operator, operand) + slip(), modulus);
    return value;
  });
}

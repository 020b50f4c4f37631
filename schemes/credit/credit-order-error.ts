import type { CreditState } from './credit-rule.ts';

/** Credit rules stand in an order in which one of them has nothing to act on: put them in the order that the message says. */
export class CreditOrderError extends Error {
  override readonly name = 'CreditOrderError';
}

/** @throws CreditOrderError when no rule before has given tokens any credit */
export function requireCredit({ credit }: CreditState, asker: string): Float32Array | Float64Array {
  if (credit !== null) return credit;
  throw new CreditOrderError(
    `${asker} needs the credit of tokens, but no rule before it gives them any; put spread, return or gae first`,
  );
}

/** @throws CreditOrderError when a rule before has turned advantages into the credit of tokens already */
export function requireAdvantages({ credit, advantages }: CreditState, asker: string): Float32Array {
  if (credit === null) return advantages;
  throw new CreditOrderError(
    `${asker} changes the advantages of rollouts, but a rule before it has given them to their tokens already; put it first`,
  );
}

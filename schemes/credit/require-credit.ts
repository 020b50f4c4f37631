import type { CreditState } from './credit-rule.ts';

/** A rule that changes the credit of tokens stands before any that gives them some: put `spread`, `return` or `gae` first. */
export class MissingCreditError extends Error {
  override readonly name = 'MissingCreditError';
}

/** @throws MissingCreditError */
export function requireCredit({ credit }: CreditState, asker: string): Float32Array | Float64Array {
  if (credit !== null) return credit;
  throw new MissingCreditError(
    `credit rule ${asker} changes the credit of tokens, but no rule before it gives them any; put spread, return or gae first`,
  );
}

/** What a hypothesis says of the difference treatment − control, given a margin >= 0. */
export type Claim = 'greater' | 'less' | 'noninferior' | 'equivalent';

/** "The difference lies above (side 1) or below (side −1) the bound". */
export interface Bound {
  readonly value: number;
  readonly side: 1 | -1;
}

/**
 * Everything that must hold for a claim: greater: δ > m; less: δ < −m; noninferior: δ > −m; equivalent: δ > −m and δ < m
 * (two one-sided tests; Schuirmann 1987).
 */
export function claimedBounds(claim: Claim, margin: number): readonly Bound[] {
  if (!(margin >= 0)) throw new RangeError(`a margin must be at least 0, found ${margin}`);
  if (claim === 'greater') return [{ value: margin, side: 1 }];
  if (claim === 'less') return [{ value: -margin, side: -1 }];
  const above = { value: -margin, side: 1 } as const;
  return claim === 'noninferior' ? [above] : [above, { value: margin, side: -1 }];
}

/** The opposite of each bound: showing any of them contradicts the claim. */
export function opposedBounds(claim: Claim, margin: number): Bound[] {
  return claimedBounds(claim, margin).map(({ value, side }) => ({ value, side: side === 1 ? -1 : 1 }));
}

/** How far an estimate lies on the claim's side of its bounds; negative when it does not. */
export function distanceWithin(estimate: number, bounds: readonly Bound[]): number {
  return Math.min(...bounds.map(({ value, side }) => side * (estimate - value)));
}

/** p for "all bounds hold": the largest of their one-sided p-values (intersection–union). */
export function allHoldP(bounds: readonly Bound[], pOf: (bound: Bound) => number): number {
  return Math.max(...bounds.map(pOf));
}

/** p for "some bound holds": the smallest one-sided p-value, times their number. */
export function someHoldsP(bounds: readonly Bound[], pOf: (bound: Bound) => number): number {
  return Math.min(1, bounds.length * Math.min(...bounds.map(pOf)));
}

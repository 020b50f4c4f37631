/** What a hypothesis says of the effect δ, given a margin >= 0. */
export type Claim = 'greater' | 'less' | 'noninferior' | 'equivalent';

/** "δ − share · θ lies above (side 1) or below (side −1) the value", θ being a positive control's effect. */
export interface Bound {
  readonly value: number;
  /** 0 where the bound does not move with a positive control. */
  readonly share: number;
  readonly side: 1 | -1;
}

/** A difference >= 0, or a share of a positive control's effect. */
export type MarginSize = number | { readonly share: number };

/**
 * Everything that must hold for a claim: greater: δ > m; less: δ < −m; noninferior: δ > −m; equivalent: δ > −m and δ < m
 * (two one-sided tests; Schuirmann 1987). A margin that is the share f of an effect θ makes linear contrasts of them, δ + fθ > 0
 * and δ − fθ < 0, so that the uncertainty of θ counts (Rothmann et al. 2003).
 */
export function claimedBounds(claim: Claim, margin: MarginSize): readonly Bound[] {
  const [value, share] = typeof margin === 'number' ? [margin, 0] : [0, margin.share];
  if (!(value >= 0 && share >= 0))
    throw new RangeError(`a margin must be at least 0, found ${value + share}`);
  const below = { value: 0 - value, share: 0 - share };
  if (claim === 'greater') return [{ value, share, side: 1 }];
  if (claim === 'less') return [{ ...below, side: -1 }];
  const above = { ...below, side: 1 } as const;
  return claim === 'noninferior' ? [above] : [above, { value, share, side: -1 }];
}

/** The opposite of each bound: showing any of them contradicts the claim. */
export function opposedBounds(claim: Claim, margin: MarginSize): Bound[] {
  return claimedBounds(claim, margin).map((bound) => ({ ...bound, side: bound.side === 1 ? -1 : 1 }));
}

/** p for "all bounds hold": the largest of their one-sided p-values (intersection–union). */
export function allHoldP(bounds: readonly Bound[], pOf: (bound: Bound) => number): number {
  return Math.max(...bounds.map(pOf));
}

/** p for "some bound holds": the smallest one-sided p-value, times their number. */
export function someHoldsP(bounds: readonly Bound[], pOf: (bound: Bound) => number): number {
  return Math.min(1, bounds.length * Math.min(...bounds.map(pOf)));
}

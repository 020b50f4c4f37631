import { adjustPValues, type MultiplicityCorrection } from './multiple-testing.ts';
import type { HypothesisEvidence } from './weigh-hypothesis.ts';

export type HypothesisVerdict = 'supported' | 'contradicted' | 'no-effect' | 'underpowered';

/** Level of each of the three families of errors: false support, false contradiction, false absence of an effect of interest. */
export const DECISION_ALPHA = 0.05;

export interface HypothesisDecision {
  readonly verdict: HypothesisVerdict;
  readonly holmSupportP: number;
  readonly holmContradictP: number;
  /** Over the hypotheses that declare a smallest effect of interest; null for one that does not. */
  readonly holmNoEffectP: number | null;
  /** Beside the decision: Benjamini and Hochberg's. */
  readonly bhSupportP: number;
  readonly bhContradictP: number;
}

type TestedPs = Pick<HypothesisEvidence, 'supportP' | 'contradictP' | 'noEffectP'>;

/** Adjusted over those that are not null, which stay null. */
function adjustPresent(
  pValues: readonly (number | null)[],
  correction: MultiplicityCorrection,
): (number | null)[] {
  const adjusted = adjustPValues(
    pValues.filter((p) => p !== null),
    correction,
  );
  let next = 0;
  return pValues.map((p) => (p === null ? null : adjusted[next++]!));
}

/**
 * The decision rule: supported when Holm's p of the claim, over all hypotheses decided together, is at most 0.05;
 * contradicted when that of its opposite is; no-effect when that of "within ± the smallest effect of interest", over the hypotheses
 * that declare one, is; else underpowered. Source: Holm 1979.
 *
 * @param alpha in place of 0.05, what a planned look spends
 */
export function decideHypotheses(
  evidence: readonly TestedPs[],
  alpha = DECISION_ALPHA,
): HypothesisDecision[] {
  const adjust = (pOf: (tested: TestedPs) => number, correction: MultiplicityCorrection): number[] =>
    adjustPValues(evidence.map(pOf), correction);
  const support = adjust(({ supportP }) => supportP, 'holm');
  const contradict = adjust(({ contradictP }) => contradictP, 'holm');
  const bhSupport = adjust(({ supportP }) => supportP, 'benjamini-hochberg');
  const bhContradict = adjust(({ contradictP }) => contradictP, 'benjamini-hochberg');
  const noEffect = adjustPresent(
    evidence.map(({ noEffectP }) => noEffectP),
    'holm',
  );
  return evidence.map((_, i) => {
    const ps = {
      holmSupportP: support[i]!,
      holmContradictP: contradict[i]!,
      holmNoEffectP: noEffect[i]!,
    };
    return {
      verdict: decide(ps, alpha),
      ...ps,
      bhSupportP: bhSupport[i]!,
      bhContradictP: bhContradict[i]!,
    };
  });
}

function decide(
  {
    holmSupportP,
    holmContradictP,
    holmNoEffectP,
  }: Pick<HypothesisDecision, 'holmSupportP' | 'holmContradictP' | 'holmNoEffectP'>,
  alpha: number,
): HypothesisVerdict {
  if (holmSupportP <= alpha) return 'supported';
  if (holmContradictP <= alpha) return 'contradicted';
  return holmNoEffectP !== null && holmNoEffectP <= alpha ? 'no-effect' : 'underpowered';
}

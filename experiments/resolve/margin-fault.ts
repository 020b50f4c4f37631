import { unitOfMetric, type Hypothesis } from '../../config/hypothesis.ts';

/** What is wrong with a hypothesis's margin; null: nothing. */
export function marginFault({ alternative, margin, metric }: Hypothesis): string | null {
  const unit = unitOfMetric(metric);
  const needsMargin = alternative === 'noninferior' || alternative === 'equivalent';
  if (margin === undefined)
    return needsMargin ? `margin: "${alternative}" needs one, { value, unit: "${unit}" }` : null;
  if ('share' in margin)
    return needsMargin
      ? null
      : `margin.share: a share of a positive control’s effect is a margin of noninferior and equivalent; found "${alternative}"`;
  return margin.unit === unit ? null : `margin.unit: found "${margin.unit}", but the metric is in ${unit}`;
}

/** What is wrong with a hypothesis's smallest effect of interest; null: nothing. */
export function interestFault({ alternative, margin, interest, metric }: Hypothesis): string | null {
  if (interest === undefined) return null;
  if (alternative === 'noninferior' || alternative === 'equivalent')
    return `interest: of "${alternative}" the margin is the smallest effect of interest; remove it`;
  const unit = unitOfMetric(metric);
  if (interest.unit !== unit) return `interest.unit: found "${interest.unit}", but the metric is in ${unit}`;
  const least = margin !== undefined && 'value' in margin ? margin.value : 0;
  return interest.value > least
    ? null
    : `interest.value: found ${interest.value}, expected more than the margin ${least}, beyond which the effect is claimed to lie`;
}

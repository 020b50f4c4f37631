import type { StepMetric } from '../../config/part.ts';

/** Recorded by rules that choose tokens by their covariance. */
export const chosenMetric: StepMetric = {
  name: 'update/covariance_chosen',
  unit: 'fraction',
  description: 'share of tokens that Clip-Cov or KL-Cov chose',
};

/** Recorded beside it: what the choice came to. */
export const actedMetric: StepMetric = {
  name: 'update/covariance_acted',
  unit: 'fraction',
  description:
    'share of tokens whose gradient Clip-Cov took away or KL-Cov added to; of those chosen, the ones that had any, or had moved',
};

export function countTokens(tokenMask: Float32Array): number {
  return tokenMask.reduce((running, counts) => running + counts, 0);
}

/** One optimizer batch; arrays are [M], M its N · T tokens. */
export interface CovarianceInput {
  /** the advantage each token is credited with */
  readonly credit: Float32Array;
  /** of the tokens taken, nats */
  readonly logprobs: Float32Array;
  /** 1 where a token counts */
  readonly tokenMask: Float32Array;
}

/**
 * (A − mean A) · (logprob − mean logprob) of each counted token, means over all counted ones. Their mean is the covariance
 * whose negative drives the entropy of a policy-gradient step: likely tokens of high advantage take entropy away, unlikely
 * ones add it. Source: arXiv 2505.22617, section 3 and 4.
 *
 * @returns [M] float64; 0 where the mask is 0
 */
export function measureCovariances({ credit, logprobs, tokenMask }: CovarianceInput): Float64Array {
  let tokens = 0;
  let creditSum = 0;
  let logprobSum = 0;
  tokenMask.forEach((counts, at) => {
    if (counts === 0) return;
    tokens += 1;
    creditSum += credit[at]!;
    logprobSum += logprobs[at]!;
  });
  const covariances = new Float64Array(tokenMask.length);
  tokenMask.forEach((counts, at) => {
    if (counts === 0) return;
    covariances[at] = (credit[at]! - creditSum / tokens) * (logprobs[at]! - logprobSum / tokens);
  });
  return covariances;
}

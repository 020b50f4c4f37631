/** One token, drawn or forced, with its logprob and, of the distribution it came from, the entropy in nats and the disparity. */
export interface TokenChoice {
  token: number;
  logprob: number;
  entropy: number;
  /** first minus second probability, in [0, 1] */
  disparity: number;
}

/** The index of the largest logit of a row; the first among equals. */
function findLargest(logits: Float32Array, begin: number, vocabulary: number): number {
  let best = 0;
  for (let id = 1; id < vocabulary; id += 1) {
    if (logits[begin + id]! > logits[begin + best]!) best = id;
  }
  return best;
}

/** The first id at which the running sum of `masses` exceeds `threshold`; never one of mass 0. */
function invertCumulative(masses: Float64Array, threshold: number): number {
  let sum = 0;
  let last = 0;
  for (let id = 0; id < masses.length; id += 1) {
    const mass = masses[id]!;
    if (mass === 0) continue;
    sum += mass;
    last = id;
    if (sum > threshold) return id;
  }
  return last;
}

/**
 * Chooses a token from row `row` of logits [N, V] by inverting the cumulative distribution of
 * softmax(logits / temperature) at `uniform` in [0, 1); temperature 0 takes the largest, scored at temperature 1. A token
 * of logit −Infinity is never drawn; `forced` is taken whatever its probability.
 * `masses` is scratch space of V numbers.
 *
 * @throws NonFiniteLogitsError when the row holds NaN or infinities
 */
export function chooseToken(
  logits: Float32Array,
  row: number,
  call: { temperature: number; uniform: number; masses: Float64Array; forced?: number | undefined },
): TokenChoice {
  const { masses } = call;
  const vocabulary = masses.length;
  const begin = row * vocabulary;
  const inverse = call.temperature === 0 ? 1 : 1 / call.temperature;
  const largest = findLargest(logits, begin, vocabulary);
  const shift = logits[begin + largest]!;
  let total = 0;
  let weighted = 0;
  let second = 0;
  for (let id = 0; id < vocabulary; id += 1) {
    const exponent = (logits[begin + id]! - shift) * inverse;
    const mass = Math.exp(exponent);
    masses[id] = mass;
    total += mass;
    if (mass > 0) weighted += mass * exponent;
    if (mass > second && id !== largest) second = mass;
  }
  if (!Number.isFinite(total) || !Number.isFinite(shift)) {
    throw new NonFiniteLogitsError(
      `row ${row} of the logits holds ${shift} and sums to ${total}; the policy has diverged, lower the learning rate`,
    );
  }
  const drawn = call.temperature === 0 ? largest : invertCumulative(masses, call.uniform * total);
  const token = call.forced ?? drawn;
  const logTotal = Math.log(total);
  return {
    token,
    logprob: (logits[begin + token]! - shift) * inverse - logTotal,
    entropy: logTotal - weighted / total,
    disparity: (1 - second) / total,
  };
}

/** The policy's outputs are not numbers any more: go back to an earlier checkpoint and train more gently. */
export class NonFiniteLogitsError extends Error {
  override readonly name = 'NonFiniteLogitsError';
}

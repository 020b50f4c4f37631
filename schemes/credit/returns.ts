/** A batch of token-level numbers: [N, T] arrays, row-major. */
export interface TokenGrid {
  /** T */
  readonly width: number;
  /** [N, T]: 1 where a token counts; numbers elsewhere never matter and come out as 0 */
  readonly tokenMask: ArrayLike<number>;
}

/** What is taken off the reward of each token. */
export interface KlPenalty {
  readonly beta: number;
  readonly behaviorLogprobs: ArrayLike<number>;
  readonly referenceLogprobs: ArrayLike<number>;
}

const WHITEN_EPSILON = 1e-8;

function countRows({ tokenMask, width }: TokenGrid): number {
  return tokenMask.length / width;
}

/** Positions of a row's counted tokens, first to last. */
function listCounted({ tokenMask, width }: TokenGrid, row: number): number[] {
  const positions = Array.from({ length: width }, (_, column) => row * width + column);
  return positions.filter((at) => tokenMask[at] === 1);
}

/**
 * Per-token rewards: −beta·(behavior logprob − reference logprob) on every counted token, and the rollout's reward on its
 * last one. Source: REINFORCE++, arXiv 2501.03262.
 *
 * @param rewards [N]
 * @returns [N, T] float64
 */
export function placeTokenRewards(
  grid: TokenGrid,
  rewards: ArrayLike<number>,
  penalty: KlPenalty,
): Float64Array {
  const placed = new Float64Array(grid.tokenMask.length);
  for (let row = 0; row < countRows(grid); row += 1) {
    const counted = listCounted(grid, row);
    for (const at of counted) {
      placed[at] = -penalty.beta * (penalty.behaviorLogprobs[at]! - penalty.referenceLogprobs[at]!);
    }
    const last = counted.at(-1);
    if (last !== undefined) placed[last]! += rewards[row]!;
  }
  return placed;
}

/** Discounted returns R_t = reward_t + gamma·R_{t+1} over counted tokens. @returns [N, T] float64 */
export function discountRewards(
  grid: TokenGrid,
  tokenRewards: ArrayLike<number>,
  gamma: number,
): Float64Array {
  const returns = new Float64Array(grid.tokenMask.length);
  for (let row = 0; row < countRows(grid); row += 1) {
    let running = 0;
    for (const at of listCounted(grid, row).reverse()) {
      running = tokenRewards[at]! + gamma * running;
      returns[at] = running;
    }
  }
  return returns;
}

/**
 * Standardised over all counted tokens of the batch: (x − mean) / sqrt(variance + 1e-8), ddof 1, so longer rows weigh more.
 *
 * @param values [N, T]
 * @returns [N, T] float64
 */
export function whitenTokens(grid: TokenGrid, values: ArrayLike<number>): Float64Array {
  const counted = Array.from({ length: countRows(grid) }, (_, row) => listCounted(grid, row)).flat();
  const first = values[counted[0] ?? 0] ?? 0;
  // Summed as differences, so that equal values come out as exactly 0 and nothing learns from their rounding.
  const mean = first + counted.reduce((sum, at) => sum + (values[at]! - first), 0) / counted.length;
  const squares = counted.reduce((sum, at) => sum + (values[at]! - mean) ** 2, 0);
  const variance = counted.length < 2 ? 0 : squares / (counted.length - 1);
  const whitened = new Float64Array(grid.tokenMask.length);
  for (const at of counted) whitened[at] = (values[at]! - mean) / Math.sqrt(variance + WHITEN_EPSILON);
  return whitened;
}

/**
 * Generalised advantage estimation (Schulman et al. 2016; PPO, arXiv 1707.06347), backwards over counted tokens; others
 * pass the running value and advantage through: delta_t = reward_t + gamma·V_next − V_t, A_t = delta_t + gamma·lambda·A_next,
 * with V = 0 after the last counted token.
 *
 * @returns advantages and returns A_t + V_t, [N, T] float64
 */
export function estimateAdvantages(
  grid: TokenGrid,
  critic: { tokenRewards: ArrayLike<number>; values: ArrayLike<number> },
  decay: { gamma: number; lambda: number },
): { advantages: Float64Array; returns: Float64Array } {
  const advantages = new Float64Array(grid.tokenMask.length);
  const returns = new Float64Array(grid.tokenMask.length);
  for (let row = 0; row < countRows(grid); row += 1) {
    let nextValue = 0;
    let running = 0;
    for (const at of listCounted(grid, row).reverse()) {
      const value = critic.values[at]!;
      running =
        critic.tokenRewards[at]! + decay.gamma * nextValue - value + decay.gamma * decay.lambda * running;
      advantages[at] = running;
      returns[at] = running + value;
      nextValue = value;
    }
  }
  return { advantages, returns };
}

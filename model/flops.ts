import type { PolicyConfig } from './network/config.ts';

/**
 * Numbers in the matrices that every input is multiplied by: projections, feed-forward and head. A tied head counts although it
 * stores nothing of its own; looking an embedding up multiplies nothing, and norms are left out.
 */
export function countMatrixParameters(config: PolicyConfig): number {
  const { width, layers, heads, keyValueHeads, headWidth, feedForwardWidth } = config;
  const queries = heads * headWidth;
  const attention = width * (queries + 2 * keyValueHeads * headWidth) + queries * width;
  const feedForward = 3 * width * feedForwardWidth;
  return layers * (attention + feedForward) + width * (config.outputs ?? config.vocabularySize);
}

/**
 * Floating-point operations of a forward pass: 2 per matrix parameter and input (a multiplication and an addition), and in each
 * layer 4·A per input and position it attends to, A = heads · head width: 2·A for the scores and 2·A for the weighted values.
 * Counts of the mathematics, not of a machine's work: no padding, nothing reused, no softmax, norm or activation.
 *
 * Source: Kaplan et al. 2020, arXiv 2001.08361, section 2.1 and table 1, with Σ positions in place of context length × tokens; the
 * head is counted as well.
 *
 * @param of.inputs tokens the network reads
 * @param of.positions Σ over them of the positions each attends to, itself included
 */
export function countForwardFlops(
  config: PolicyConfig,
  of: { readonly inputs: number; readonly positions: number },
): number {
  const { layers, heads, headWidth } = config;
  return 2 * countMatrixParameters(config) * of.inputs + 4 * layers * heads * headWidth * of.positions;
}

/** Forward and backward pass: the backward one takes twice the forward one, for gradients of inputs and of weights. */
export function countGradientFlops(
  config: PolicyConfig,
  of: Parameters<typeof countForwardFlops>[1],
): number {
  return 3 * countForwardFlops(config, of);
}

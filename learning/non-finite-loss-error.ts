/** A loss is NaN or infinite: lower the learning rate, or look at the rewards and logprobs of the rollouts it names. */
export class NonFiniteLossError extends Error {
  override readonly name = 'NonFiniteLossError';
}

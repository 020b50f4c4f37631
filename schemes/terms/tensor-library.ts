/** A differentiable array. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly dtype: string;
}

type Operand = Tensor | number;

/**
 * What an objective term computes with: element by element and differentiable, numbers and tensors of one shape alike. The library
 * itself is handed to a term, so that its file loads none.
 */
export interface TensorLibrary {
  add(a: Operand, b: Operand): Tensor;
  sub(a: Operand, b: Operand): Tensor;
  mul(a: Operand, b: Operand): Tensor;
  div(a: Operand, b: Operand): Tensor;
  minimum(a: Operand, b: Operand): Tensor;
  maximum(a: Operand, b: Operand): Tensor;
  /** 1 where it holds, else 0; no gradient flows. */
  less(a: Operand, b: Operand): Tensor;
  greater(a: Operand, b: Operand): Tensor;
  notEqual(a: Operand, b: Operand): Tensor;
  where(condition: Tensor, a: Operand, b: Operand): Tensor;
  neg(a: Tensor): Tensor;
  abs(a: Tensor): Tensor;
  exp(a: Tensor): Tensor;
  log(a: Tensor): Tensor;
  square(a: Tensor): Tensor;
  sqrt(a: Tensor): Tensor;
  sigmoid(a: Tensor): Tensor;
  softplus(a: Tensor): Tensor;
  relu(a: Tensor): Tensor;
  tanh(a: Tensor): Tensor;
  clipByValue(a: Tensor, low: number, high: number): Tensor;
  /** Over all elements, or along an axis. */
  sum(a: Tensor, axis?: number, keepDims?: boolean): Tensor;
  mean(a: Tensor, axis?: number, keepDims?: boolean): Tensor;
  onesLike(a: Tensor): Tensor;
  zerosLike(a: Tensor): Tensor;
  /** A copy that no gradient flows through. */
  stopGradient(a: Tensor): Tensor;
}

import * as tf from '@tensorflow/tfjs-core';
import type { PolicyConfig } from './config.ts';

/** Rotary tables for positions in a row; each [positions, headWidth], row-major, float32. */
export interface RotaryTables {
  readonly cosines: Float32Array;
  /** the first half of each row negated, so that a rotation is x·cosines + swapHalves(x)·sines */
  readonly sines: Float32Array;
}

/**
 * Rotary position embeddings (Su et al. 2021) in the half-rotation layout of Hugging Face, for `count` positions from
 * `start`, times headWidth^(-1/4): queries and keys both carry it, which is attention's 1/√headWidth.
 *
 * Attention depends on differences of positions only, so left padding may count as positions.
 */
export function createRotaryTables(config: PolicyConfig, start: number, count: number): RotaryTables {
  const { headWidth, ropeTheta } = config;
  const half = headWidth / 2;
  const scale = headWidth ** -0.25;
  const cosines = new Float32Array(count * headWidth);
  const sines = new Float32Array(count * headWidth);
  for (let row = 0; row < count; row += 1) {
    for (let pair = 0; pair < half; pair += 1) {
      // The reference computes the angle in float32.
      const frequency = Math.fround(1 / Math.fround(ropeTheta ** ((2 * pair) / headWidth)));
      const angle = Math.fround((start + row) * frequency);
      const at = row * headWidth + pair;
      cosines[at] = cosines[at + half] = Math.cos(angle) * scale;
      sines[at + half] = Math.sin(angle) * scale;
      sines[at] = -sines[at + half]!;
    }
  }
  return { cosines, sines };
}

/** Rotary tables as tensors that share one shape: [positions·headWidth], or [headWidth] of one position. */
export interface RotaryTensors {
  readonly cosines: tf.Tensor;
  readonly sines: tf.Tensor;
}

/** Exchanges the halves of every `headWidth` numbers. */
function swapHalves(input: tf.Tensor, headWidth: number): tf.Tensor {
  const halves = tf.reshape(input, [input.size / headWidth, 2, headWidth / 2]);
  return tf.reshape(tf.reverse(halves, 1), input.shape);
}

/**
 * Rotates queries and keys: x·cosines + swapHalves(x)·sines.
 *
 * @param input [..., positions·headWidth], its last axis that of the tables
 */
export function rotate(input: tf.Tensor, tables: RotaryTensors, headWidth: number): tf.Tensor {
  const swapped = swapHalves(input, headWidth);
  return tf.add(tf.mul(input, tables.cosines), tf.mul(swapped, tables.sines));
}

/** The transpose of `rotate`, for its gradient. */
export function rotateBack(gradient: tf.Tensor, tables: RotaryTensors, headWidth: number): tf.Tensor {
  return tf.add(tf.mul(gradient, tables.cosines), swapHalves(tf.mul(gradient, tables.sines), headWidth));
}

import type { Reading } from './contender.ts';

/** How many times as fast as the peer; 1 is equal. */
export interface Ratio {
  readonly ours: string;
  readonly peer: string;
  readonly quantity: string;
  readonly ratio: number;
}

const RATES = ['sample_tok_per_s', 'update_tok_per_s', 'rollouts_per_s'] as const;

/** Layouts (processes × threads) on the same number of cores, ours and the peer's. */
const COMPARED = [
  ['1x1', '1x1'],
  ['1x2', '1x2'],
  ['2x1', '1x2'],
] as const;

function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function readingOf(readings: readonly Reading[], name: string, quantity: string): number | undefined {
  const values = readings
    .filter((reading) => reading.name === name)
    .map((reading) => (quantity === 'wall_s' ? reading.wall_s : reading.values[quantity]));
  return median(values.filter((value) => value !== undefined));
}

/** Ratios of the medians, where both sides were measured. */
export function divideReadings(readings: readonly Reading[]): Ratio[] {
  const ratios: Ratio[] = [];
  const divide = (ours: string, peer: string, rate: string): void => {
    const [mine, theirs] = [readingOf(readings, ours, rate), readingOf(readings, peer, rate)];
    if (mine !== undefined && theirs !== undefined)
      ratios.push({ ours, peer, quantity: rate, ratio: mine / theirs });
  };
  for (const size of [256, 64]) {
    for (const [layout, theirs] of COMPARED) {
      for (const peer of ['trl', 'torch']) {
        for (const rate of RATES) divide(`assay.${size}.${layout}`, `${peer}.${size}.${theirs}`, rate);
      }
    }
  }
  for (const layout of ['4procs', '1proc', '2x1']) {
    const peer = `trl.matrix.${layout}`;
    const [mine, theirs] = [
      readingOf(readings, 'assay.matrix', 'wall_s'),
      readingOf(readings, peer, 'wall_s'),
    ];
    if (mine !== undefined && theirs !== undefined)
      ratios.push({ ours: 'assay.matrix', peer, quantity: 'wall', ratio: theirs / mine });
    const [training, steps] = [
      readingOf(readings, 'assay.matrix', 'training_wall_s'),
      readingOf(readings, peer, 'steps_s'),
    ];
    // Side by side each process's steps take half of the whole.
    if (training !== undefined && steps !== undefined)
      ratios.push({ ours: 'assay.matrix', peer, quantity: 'wall of the steps', ratio: steps / training });
  }
  return ratios;
}

import type { ImportedArm, ImportedCount } from './imported-arm.ts';

type Told = Partial<ImportedCount> & Pick<ImportedCount, 'key'>;

/** The counts of a problem: one sample, right, unless told otherwise. */
export function countOf(told: Told): ImportedCount {
  const { n = 1, sum = n } = told;
  return {
    split: 'all',
    sourceId: `id of ${told.key}`,
    cluster: null,
    target: null,
    n,
    sum,
    sumOfSquares: sum,
    isBinary: true,
    failed: 0,
    tokens: null,
    answers: {},
    confidences: null,
    ...told,
  };
}

/** One run, a sample for each problem: the problem's key → right or wrong. */
export function runOf(scores: Readonly<Record<string, number>>, seed: number | null = null) {
  return { seed, counts: Object.entries(scores).map(([key, sum]) => countOf({ key, sum })) };
}

export function armOf(name: string, runs: ImportedArm['runs']): ImportedArm {
  const source = { arm: name, file: `${name}.csv`, sha256: 'ab'.repeat(32), format: 'plain CSV' };
  return {
    ...{ name, runs, settings: {} },
    sources: [{ ...source, details: {}, samples: runs.length, failed: 0 }],
  };
}

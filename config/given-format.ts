/** The probe that forces each format, and the names of what it records of one: written by probes, read by reports. */
export const GIVEN_FORMAT = 'given-format';

const SAMPLES = /^given_(.+)_samples$/;

/** Metrics of a format: the share of right answers in it, and of how many samples. */
export function givenFormatMetrics(format: string): { readonly accuracy: string; readonly samples: string } {
  return { accuracy: `given_${format}`, samples: `given_${format}_samples` };
}

/** The format whose samples a metric counts; null for any other metric. */
export function countedFormat(metric: string): string | null {
  return SAMPLES.exec(metric)?.[1] ?? null;
}

import type { Reading } from './contender.ts';
import type { Ratio } from './divide-readings.ts';

const COLUMNS = {
  sample_tok_per_s: 'sample tok/s',
  update_tok_per_s: 'update tok/s',
  step_s: 'step s',
  rollouts_per_s: 'rollouts/s',
  peak_rss_mib: 'peak MiB',
} as const;

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function alignRows(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  '),
    )
    .join('\n');
}

/** One reading's values in one line. */
export function formatValues({ values, wall_s: wall }: Reading): string {
  const parts = Object.entries(values).map(([key, value]) => `${key} ${round(value)}`);
  return `${parts.join(', ')}, process wall ${round(wall)} s`;
}

/** The readings and ratios as text for a terminal. */
export function formatReadings(readings: readonly Reading[], ratios: readonly Ratio[]): string {
  const keys = Object.keys(COLUMNS);
  const steps = readings.filter(({ values }) => values['step_s'] !== undefined);
  const head = ['contender', ...Object.values(COLUMNS), 'wall s', 'load before'];
  const rows = steps.map(({ name, values, wall_s: wall, load_before: load }) => [
    name,
    ...keys.map((key) => (values[key] === undefined ? '' : round(values[key]))),
    round(wall),
    load.toFixed(1),
  ]);
  const others = readings
    .filter((reading) => !steps.includes(reading))
    .map((reading) => `${reading.name}: ${formatValues(reading)}`);
  const compared = ratios.map(({ ours, peer, quantity, ratio }) => [
    ours,
    peer,
    quantity,
    `${ratio.toFixed(2)}x`,
  ]);
  return [
    '',
    alignRows([head, ...rows]),
    ...others,
    ...(compared.length === 0 ? [] : ['', 'Times as fast as the peer:', alignRows(compared)]),
    '',
  ].join('\n');
}

import type { CardGate, GateRecord, MeasuredGate } from '../../config/card-gate.ts';
import { formatScore } from '../text/format-number.ts';
import { markdownTable } from '../text/markdown-table.ts';

const describeSplit = ({ split }: { readonly split?: string }): string =>
  split === undefined ? '' : ` on ${split}`;

function describeMeasure({ measure }: CardGate): string {
  switch (measure.of) {
    case 'greedy':
      return 'greedy answers right';
    case 'pass@k':
      return `pass@${measure.k}${describeSplit(measure)}`;
    case 'malformed-share':
      return 'share of malformed samples';
    case 'format-share':
      return `share of ${measure.format}${describeSplit(measure)}`;
    case 'format-accuracy':
      return `${measure.format} right${describeSplit(measure)}`;
    case 'lift':
      return `pass@1 of ${measure.arm} minus the base${measure.over === 'base' ? '' : ' at its best temperature'}`;
  }
}

function describeBound({ atLeast, atMost }: CardGate): string {
  return [
    ...(atLeast === undefined ? [] : [`≥ ${formatScore(atLeast)}`]),
    ...(atMost === undefined ? [] : [`≤ ${formatScore(atMost)}`]),
  ].join(', ');
}

function describeValue(measured: MeasuredGate | undefined): string {
  if (measured?.mean === null || measured === undefined) return '–';
  const { mean, interval } = measured;
  return interval === null
    ? formatScore(mean)
    : `${formatScore(mean)} (${interval.map(formatScore).join(' to ')})`;
}

/**
 * A recipe's gates as a Markdown table with what they came to.
 *
 * @param record null: not measured
 */
export function toGateText(gates: readonly CardGate[], record: GateRecord | null): string {
  if (gates.length === 0) return 'Gates: none were fixed beforehand.';
  const measured = new Map(record?.gates.map((gate) => [gate.name, gate]));
  const rows = gates.map((gate) => [
    gate.name,
    describeMeasure(gate),
    describeBound(gate),
    describeValue(measured.get(gate.name)),
    measured.get(gate.name)?.state ?? 'not measured',
    gate.reason,
  ]);
  const when =
    record === null
      ? 'Gates, not measured yet:'
      : `Gates, mean over base seeds ${record.seeds.join(', ')} with its 95 % interval, ${record.recordedAt.slice(0, 10)}:`;
  return `${when}\n\n${markdownTable(['gate', 'measure', 'bound', 'measured', 'state', 'why'], rows)}`;
}

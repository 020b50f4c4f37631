import type { Disturbance } from './disturb-matrix.ts';

/** Table of faults by kind: how often, at which stages, seconds of work that had to be done again. */
export function formatDisturbances(disturbances: readonly Disturbance[]): string {
  const kinds = [...new Set(disturbances.map(({ fault }) => fault))].sort();
  const rows = kinds.map((kind) => {
    const same = disturbances.filter(({ fault }) => fault === kind);
    const stages = [...new Set(same.flatMap(({ stages: met }) => met))].sort();
    const lost = same.reduce((sum, { lostSeconds }) => sum + lostSeconds, 0);
    return `| ${kind} | ${same.length} | ${stages.join(', ')} | ${lost.toFixed(1)} |`;
  });
  return [
    '| fault | times | activities under way | work done again, s |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

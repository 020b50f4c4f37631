import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { countNoun } from './count-noun.ts';

/** `first then second` where a run went on under other sources. */
export function formatSources(sources: string): string {
  return sources
    .split(' ')
    .map((hash) => hash.slice(0, 12))
    .join(' then ');
}

/** What a reader has to know about which program computed the completed runs; empty when it was one and is known. */
export function describeSources({ runs }: Pick<ComparisonInput, 'runs'>): string[] {
  const completed = runs.filter(({ status }) => status === 'completed');
  const counts = new Map<string, number>();
  for (const { sources } of completed)
    if (sources !== null) counts.set(sources, (counts.get(sources) ?? 0) + 1);
  const unknown = completed.filter(({ sources }) => sources === null).length;
  const isMixed = counts.size > 1 || [...counts.keys()].some((sources) => sources.includes(' '));
  const parts = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([sources, count]) => `${formatSources(sources)} (${countNoun(count, 'run')})`);
  return [
    ...(isMixed
      ? [
          `Mixed sources: not one program computed these runs, but ${parts.join(', ')}; a difference between conditions may be one between programs.`,
        ]
      : []),
    ...(unknown > 0
      ? [`Unknown sources: what program computed ${countNoun(unknown, 'run')} is not on record.`]
      : []),
  ];
}

/** A kind of machine in a few words. */
function nameMachine(machine: string): string {
  const { processor, backend, tensorflow, tfjs } = JSON.parse(machine) as Readonly<
    Record<string, string | null>
  >;
  return [processor ?? 'unknown processor', backend, tensorflow ?? tfjs].filter(Boolean).join(' ');
}

/** What a reader has to know about the machines that computed the runs; empty when they were of one kind. */
export function describeMachines({ runs }: Pick<ComparisonInput, 'runs'>): string[] {
  const kinds = [...new Set(runs.flatMap(({ machines }) => machines))].sort();
  if (kinds.length < 2) return [];
  const parts = kinds.map((kind) => {
    const count = runs.filter(({ machines }) => machines.includes(kind)).length;
    return `${nameMachine(kind)} (${countNoun(count, 'run')})`;
  });
  const moved = runs.filter(({ machines }) => machines.length > 1).length;
  return [
    `Mixed machines: not one kind of machine computed these runs, but ${parts.join(', ')}; ${countNoun(moved, 'run')} changed ` +
      'the kind in between. Equal seeds give equal numbers on one kind only.',
  ];
}

/** Whether what the report takes for independent bases shared prompts, sampling and random rewards. */
export function describeDraws({ runs }: Pick<ComparisonInput, 'runs'>): string[] {
  const shared = runs.filter(({ hasSharedDraws }) => hasSharedDraws);
  if (new Set(shared.map(({ baseSeed }) => baseSeed)).size < 2) return [];
  return [
    `Shared draws: ${countNoun(shared.length, 'run')} of an earlier version drew prompts, samples and random rewards alike for every base of one seed. ` +
      'Bases are no independent replications then, and intervals and p are too small.',
  ];
}

/** Everything that a reader has to know about what computed the runs. */
export function describeProvenance(input: Pick<ComparisonInput, 'runs'>): string[] {
  return [...describeSources(input), ...describeMachines(input), ...describeDraws(input)];
}

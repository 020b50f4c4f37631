import type { ComparisonInput } from './comparison-input.ts';
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

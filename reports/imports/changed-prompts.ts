import { countNoun } from '../text/count-noun.ts';
import type { ImportedArm, ImportedCount } from './imported-arm.ts';
import { nameSome } from './name-some.ts';

const nameOf = ({ split, sourceId }: ImportedCount): string => JSON.stringify([split, sourceId]);

/**
 * Problems that two arms call alike and that were asked otherwise, so that they are not paired. Ids that merely number the lines
 * of a source in another order are none: their prompts are there under other ids.
 */
export function describeChangedPrompts([first, ...others]: readonly ImportedArm[]): string[] {
  const own = first!.runs[0]!.counts;
  const keys = new Set(own.map(({ key }) => key));
  const byName = new Map(own.map((row) => [nameOf(row), row]));
  return others.flatMap(({ name, runs }) => {
    const theirs = runs[0]!.counts;
    const theirKeys = new Set(theirs.map(({ key }) => key));
    const changed = theirs.filter((row) => {
      const twin = byName.get(nameOf(row));
      return twin !== undefined && !keys.has(row.key) && !theirKeys.has(twin.key);
    });
    if (changed.length === 0) return [];
    const ids = nameSome(changed.map(({ sourceId }) => sourceId));
    return [
      `${countNoun(changed.length, 'problem')} with one id and another prompt in ${first!.name} and ${name} (${ids}), not paired.`,
    ];
  });
}

import { closest } from 'fastest-levenshtein';
import { listInputSources, type ChainLinks, type InputRole } from '../../config/chain.ts';
import type { ExpandedCondition } from '../../config/expand.ts';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';

const linksOf = ({ settings }: ExpandedCondition): ChainLinks => settings as ChainLinks;

/**
 * The condition that another one names: that of its own cell of the axes, or else the one of that very name.
 *
 * @throws {InvalidSpecError} with the nearest name
 */
export function findNamed<Named extends { readonly name: string }>(
  conditions: readonly Named[],
  link: { readonly name: string; readonly cell: string; readonly place: string },
): Named {
  const { name, cell, place } = link;
  const found =
    conditions.find((condition) => condition.name === `${name}${cell}`) ??
    conditions.find((condition) => condition.name === name);
  if (found !== undefined) return found;
  const names = conditions.map((condition) => condition.name);
  throw new InvalidSpecError(
    `${place}: found "${name}", expected one of ${names.join(', ')}; the nearest is "${closest(name, names)}"`,
  );
}

/** Where a condition's declaration names the run that it takes this from. */
export function placeOfLink(condition: string, role: InputRole): string {
  return `conditions.${condition}.${role === 'data' ? 'data' : `models.${role}`}.run`;
}

/**
 * Conditions in an order in which each comes after its sources; otherwise as given.
 *
 * @param sourcesOf the conditions that one takes from
 * @throws {InvalidSpecError} when a chain leads back to where it began
 */
export function orderBySources<Named extends { readonly name: string }>(
  conditions: readonly Named[],
  sourcesOf: (condition: Named) => readonly Named[],
): Named[] {
  const ordered = new Set<Named>();
  const visit = (condition: Named, above: readonly Named[]): void => {
    if (ordered.has(condition)) return;
    if (above.includes(condition)) {
      const circle = [...above.slice(above.indexOf(condition)), condition].map((one) => one.name);
      throw new InvalidSpecError(`conditions: a chain of runs leads back to itself: ${circle.join(' → ')}`);
    }
    for (const source of sourcesOf(condition)) visit(source, [...above, condition]);
    ordered.add(condition);
  };
  for (const condition of conditions) visit(condition, []);
  return [...ordered];
}

/**
 * Declared conditions, each after those that it names.
 *
 * @throws {InvalidSpecError} when a name is unknown, or as `orderBySources`
 */
export function orderChains(conditions: readonly ExpandedCondition[]): ExpandedCondition[] {
  return orderBySources(conditions, (condition) => {
    const { name, cell } = condition;
    return listInputSources(linksOf(condition)).map(({ role, run }) =>
      findNamed(conditions, { name: run, cell, place: placeOfLink(name, role) }),
    );
  });
}

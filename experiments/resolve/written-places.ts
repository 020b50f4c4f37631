import type { ExpandedCondition, SettingsLayer } from '../../config/expand.ts';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';

/** How many keys of `path` the settings hold, one inside the other. */
function depthOf(settings: unknown, path: readonly string[]): number {
  const [key, ...rest] = path;
  if (key === undefined || typeof settings !== 'object' || settings === null) return 0;
  const inner = (settings as Record<string, unknown>)[key];
  return inner === undefined ? 0 : 1 + depthOf(inner, rest);
}

/** The layer that says most of `path`, of several the one that comes before the others; undefined: none says a word of it. */
function findLayer(layers: readonly SettingsLayer[], path: readonly string[]): SettingsLayer | undefined {
  const depths = layers.map(({ settings }) => depthOf(settings, path));
  const deepest = Math.max(...depths);
  return deepest === 0 ? undefined : layers[depths.lastIndexOf(deepest)];
}

/** Where the fault lies in the file: the condition may only inherit what is wrong. */
function moveFault(fault: string, condition: ExpandedCondition, isOfOne: boolean): string {
  const [, path, rest] = /^([^\s:]+)(: .*)$/s.exec(fault) ?? [];
  if (path === undefined) return fault;
  const layer = findLayer(condition.layers, path.split('.'));
  if (layer === undefined) return `conditions.${condition.name}.${fault}`;
  const place = layer.place === '' ? path : `${layer.place}.${path}`;
  const isInherited = layer !== condition.layers.at(-1);
  return `${place}${rest}${isInherited && isOfOne && !condition.isControl ? ` (in condition ${condition.name})` : ''}`;
}

/**
 * Does `work`, whose faults are places of the merged condition (`conditions.NAME.…`), and names in their stead the keys that the
 * declaration wrote: the condition's own, an axis's, or the experiment's, and no condition that nobody wrote.
 *
 * @param isOfOne the faults may be this condition's alone, so it is named beside a key that it inherits
 * @throws {InvalidSpecError}
 */
export function nameWritten<Result>(
  condition: ExpandedCondition,
  isOfOne: boolean,
  work: () => Result,
): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InvalidSpecError)) throw error;
    const prefix = `conditions.${condition.name}.`;
    const lines = error.message
      .split('\n')
      .map((line) =>
        line.startsWith(prefix) ? moveFault(line.slice(prefix.length), condition, isOfOne) : line,
      );
    throw new InvalidSpecError(lines.join('\n'));
  }
}

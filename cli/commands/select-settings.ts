import { describeSettings } from '../../config/describe-settings.ts';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';

/** The groups with the keys at or below `prefix`. */
export function selectSettings(prefix: string) {
  const selected = describeSettings()
    .map((group) => ({
      ...group,
      settings: group.settings.filter(({ path }) => path.startsWith(prefix)),
    }))
    .filter(({ settings }) => settings.length > 0);
  if (selected.length > 0) return selected;
  const known = describeSettings().flatMap(({ path }) => (path === '' ? [] : [path]));
  throw new InvalidSpecError(`no setting begins with "${prefix}"; expected one of ${known.join(', ')}`);
}

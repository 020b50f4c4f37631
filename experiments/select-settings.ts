import { describeOptions, describeSettings, type SettingGroup } from '../config/describe-settings.ts';
import { InvalidSpecError } from '../config/invalid-spec-error.ts';
import { taskNames, taskOptionsSchema } from '../tasks/index.ts';

/** The options of every task family; the page of settings leaves them to docs/tasks.md. */
function describeTasks(): SettingGroup[] {
  return taskNames.flatMap((name) =>
    describeOptions(taskOptionsSchema(name), {
      ...{ path: 'task', which: `family ${name}` },
      description: `Options of task family ${name} (docs/tasks.md).`,
    }),
  );
}

/** The groups with the keys at or below `prefix`. */
export function selectSettings(prefix: string): SettingGroup[] {
  const groups = [...describeSettings(), ...(prefix.startsWith('task') ? describeTasks() : [])];
  const selected = groups
    .map((group) => ({
      ...group,
      settings: group.settings.filter(({ path }) => path.startsWith(prefix)),
    }))
    .filter(({ settings }) => settings.length > 0);
  if (selected.length > 0) return selected;
  const known = describeSettings().flatMap(({ path }) => (path === '' ? [] : [path]));
  throw new InvalidSpecError(`no setting begins with "${prefix}"; expected one of ${known.join(', ')}`);
}

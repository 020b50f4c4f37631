import type { Setting, SettingGroup } from './describe-settings.ts';

function describeDefault({ default: value, isRequired }: Setting): string {
  if (isRequired) return 'required';
  if (value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function titleOf({ path, which }: SettingGroup): string {
  if (path === '') return 'experiment';
  return which === '' ? path : `${path}, ${which}`;
}

/** The groups as aligned plain text, one line per key. */
export function toSettingsText(groups: readonly SettingGroup[]): string {
  return groups
    .map((group) => {
      const rows = group.settings.map((setting) => [
        setting.path,
        setting.type,
        describeDefault(setting),
        setting.description,
      ]);
      const widthOf = (column: number): number => Math.max(...rows.map((row) => row[column]!.length));
      const widths = [0, 1, 2].map(widthOf);
      const lines = rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`);
      return [`${titleOf(group)}: ${group.description}`, ...lines].join('\n');
    })
    .join('\n\n');
}

function toRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

const INTRODUCTION = `# Settings

Every key of a declared experiment, as a file writes it and as \`--set key=value\` overrides it. This page is made from the
schemas in \`config/\` by \`npm run --silent assay -- settings --markdown > docs/settings.md\`; a test fails when it is out of
date. Options of a task are in [tasks.md](tasks.md), parts of schemes with their options in [parts.md](parts.md), how schemes work in
[schemes.md](schemes.md).

- \`*\` stands for a name that the declaration chooses, \`[]\` for an item of a list.
- \`--set\` reads its value as JSON, otherwise as text: \`--set training.steps=100 scheme=rloo base.stages=[] 'evaluation.splits={"clean":48}'\`.
- \`task\`, \`base\`, \`scheme\`, \`training\` and \`evaluation\` are the defaults of all conditions; what a condition or an axis
  sets itself comes before them.
- A list replaces the whole list: \`base.sources\`, \`base.stages\` and the lists of a scheme are written in full, not item by item.
- A key that does not exist is an error which names the nearest one; so is a combination without effect.
- The defaults of \`scheme.*\` are the schema's; those of the named scheme come before them. To override a part of a scheme
  that the file gives by name only, name it in the object too: \`--set scheme.name=grpo scheme.aggregation=dapo\`.
`;

/** The page docs/settings.md. */
export function toSettingsPage(groups: readonly SettingGroup[]): string {
  const sections = groups.map((group) => {
    const rows = group.settings.map((setting) =>
      toRow([
        `\`${setting.path}\``,
        setting.type,
        setting.isRequired || setting.default === undefined
          ? describeDefault(setting)
          : `\`${describeDefault(setting)}\``,
        setting.description,
      ]),
    );
    const which = group.which === '' ? '' : `, ${group.which}`;
    const title = group.path === '' ? 'experiment' : `\`${group.path}\`${which}`;
    return [
      `## ${title}`,
      '',
      group.description,
      '',
      '| key | value | default | meaning |',
      '| --- | --- | --- | --- |',
      ...rows,
      '',
    ].join('\n');
  });
  return [INTRODUCTION, ...sections].join('\n');
}

import {
  describeMetrics,
  describeParts,
  describeSchemes,
  type PartDescription,
  type SchemeDescription,
} from './describe-parts.ts';

function toRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [toRow(head), toRow(head.map(() => '---')), ...rows.map(toRow)].join('\n');
}

/** What a part asks for beyond rollouts, in words; empty when nothing. */
function describeDemands({ needs, sees }: PartDescription): string {
  return [...needs, ...(sees === 'nothing' ? [] : [sees])].join(', ');
}

function writeFamily(parts: readonly PartDescription[]): string {
  const { kind, list } = parts[0]!;
  const title = list === null ? `## Signals` : `## \`${list}\`: ${kind}s`;
  const rows = parts.map((part) => [
    `\`${part.name}\``,
    part.description,
    describeDemands(part),
    part.source ?? '',
  ]);
  const options = parts.flatMap(({ name, options: own }) =>
    own.map((option) => [
      `\`${name}\``,
      `\`${option.name}\``,
      `\`${JSON.stringify(option.default)}\``,
      option.description,
    ]),
  );
  const optionTable =
    options.length === 0 ? [] : ['', toTable(['part', 'option', 'default', 'meaning'], options)];
  return [title, '', toTable([kind, 'what it does', 'reads', 'source'], rows), ...optionTable, ''].join('\n');
}

function writeSchemes(described: readonly SchemeDescription[]): string {
  const rows = described.map(({ scheme, lists }) => [
    `\`${scheme.name}\``,
    lists.rollouts,
    [lists.rewards, lists.judges].filter((text) => text !== '').join('; '),
    [lists.gates, lists.comparisons].filter((text) => text !== '').join('; '),
    lists.credit,
    lists.objective,
    scheme.aggregation,
  ]);
  const head = [
    'scheme',
    'rollouts',
    'rewards; judges',
    'gates; comparisons',
    'credit',
    'objective',
    'aggregation',
  ];
  return ['## Named schemes', '', toTable(head, rows), ''].join('\n');
}

function writeMetrics(): string {
  const rows = describeMetrics().map(({ name, unit, description, recordedBy }) => [
    `\`${name}\``,
    unit,
    description,
    recordedBy,
  ]);
  return [
    '## Step metrics',
    '',
    'What is undefined in a step, such as the length of correct completions when there is none, is absent, never 0. `format/NAME`, the',
    'share of rollouts in that format, is recorded for each format that occurred.',
    '',
    toTable(['metric', 'unit', 'meaning', 'recorded by'], rows),
    '',
  ].join('\n');
}

const INTRODUCTION = `# Parts

What schemes are made of: each list of a scheme holds parts of one family, \`rollouts\` a single one, by name or as
\`{ name, options }\`, in \`rewards\`, \`comparisons\` and \`objective\` also with a \`weight\`. This page is made from the parts' own declarations by
\`npm run --silent assay -- parts --markdown > docs/parts.md\`; a test fails when it is out of date. How they work together, and how to
write one of your own, is in [schemes.md](schemes.md).

"Reads" says what a part needs beyond the rollouts themselves, under its default options: columns that are recorded for it alone,
\`judge:NAME\` where it reads what that judge finds, and \`labels\` where it looks at the references of problems.
`;

/** The page docs/parts.md. */
export function toPartsPage(): string {
  const byKind = new Map<string, PartDescription[]>();
  for (const part of describeParts()) byKind.set(part.kind, [...(byKind.get(part.kind) ?? []), part]);
  const sections = [...byKind.values()].map(writeFamily);
  return [INTRODUCTION, ...sections, writeSchemes(describeSchemes()), writeMetrics()].join('\n');
}

/** Parts as aligned plain text, one line per part and one per option. */
export function toPartsText(parts: readonly PartDescription[]): string {
  const width = Math.max(0, ...parts.map(({ name }) => name.length));
  const lines = parts.flatMap((part, at) => [
    ...(parts[at - 1]?.kind === part.kind
      ? []
      : [`${at === 0 ? '' : '\n'}${part.kind}s${part.list === null ? '' : ` (${part.list})`}`]),
    `  ${part.name.padEnd(width)}  ${part.description}`,
    ...part.options.map(
      (option) =>
        `  ${' '.repeat(width)}    ${option.name} = ${JSON.stringify(option.default)}: ${option.description}`,
    ),
  ]);
  return lines.join('\n');
}

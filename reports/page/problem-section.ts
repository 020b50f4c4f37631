import type { Analysis } from '../comparison/analyze-comparison.ts';
import type { ComparisonInput, FinalSample } from '../comparison/comparison-input.ts';
import { groupRows } from '../comparison/group-rows.ts';
import { chooseRows, type ProblemMap, type ProblemRow } from '../tables/problem-map.ts';
import { countNoun } from '../text/count-noun.ts';
import { formatDifference, formatScore } from '../text/format-number.ts';
import { html, type Markup } from './html.ts';
import { renderTable } from './page-table.ts';
import { TextBudget } from './text-budget.ts';
import type { Section } from './result-sections.ts';

/** Cells of all maps: what keeps a page below 5 MB, with the characters of the answers. */
const MOST_CELLS = 1500;
const MOST_CHARACTERS = 2_000_000;
const FEWEST_ROWS = 10;
/** Of a completion, a prompt or an answer. */
const MOST_OF_TEXT = 1500;
const MOST_OF_LABEL = 44;

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most)}…`);

/** The answers to one problem that the page holds, by arm. */
interface Answers {
  readonly prompt: string;
  readonly answer: string;
  readonly byArm: ReadonlyMap<string, readonly FinalSample[]>;
}

/** A map as far as the page shows it. */
interface ShownMap {
  readonly map: ProblemMap;
  /** Its place among the maps, which its anchors begin with. */
  readonly place: number;
  readonly rows: readonly ProblemRow[];
  readonly leftOut: number | null;
  /** By problem; a problem without is not opened. */
  readonly answers: ReadonlyMap<string, Answers>;
}

const anchor = ({ place }: ShownMap, row: number, arm?: number): string =>
  `problem-${place}-${row}${arm === undefined ? '' : `-${arm}`}`;

function collectAnswers(samples: readonly FinalSample[], conditionOf: ReadonlyMap<string, string>): Answers {
  const { prompt, answer } = samples[0]!;
  return { prompt, answer, byArm: groupRows(samples, ({ runId }) => conditionOf.get(runId)!) };
}

function chooseShown({ problemMaps }: Pick<Analysis, 'problemMaps'>, map: ProblemMap) {
  const most = Math.max(FEWEST_ROWS, Math.floor(MOST_CELLS / problemMaps.length / map.arms.length));
  return chooseRows(map, most);
}

/** The problems of which the page shows texts, where there are any. */
export function listShownProblems(
  analysis: Pick<Analysis, 'problemMaps'>,
): { readonly split: string; readonly ids: ReadonlySet<string> }[] {
  return analysis.problemMaps.map((map) => ({
    split: map.split,
    ids: new Set(chooseShown(analysis, map).shown.map(({ problemId }) => problemId)),
  }));
}

function showMaps(analysis: Analysis, input: ComparisonInput): ShownMap[] {
  const conditionOf = new Map(input.runs.map((run) => [run.id, run.condition]));
  const budget = new TextBudget(MOST_CHARACTERS);
  return analysis.problemMaps.map((map, place) => {
    const { shown, leftOut } = chooseShown(analysis, map);
    const own = input.finalSamples.filter(
      ({ runId, phase }) => phase === map.split && map.arms.includes(conditionOf.get(runId)!),
    );
    const byProblem = groupRows(own, ({ problemId }) => problemId);
    const answers = shown.flatMap(({ problemId }): [string, Answers][] => {
      const samples = byProblem.get(problemId) ?? [];
      const texts = [...samples.map(({ completion }) => completion), samples[0]?.prompt ?? ''].map((text) =>
        cut(text, MOST_OF_TEXT),
      );
      return samples.length > 0 && budget.take(texts)
        ? [[problemId, collectAnswers(samples, conditionOf)]]
        : [];
    });
    return { map, place, rows: shown, leftOut, answers: new Map(answers) };
  });
}

function renderShare(shown: ShownMap, row: number, arm: number): Markup {
  const { problemId, shares } = shown.rows[row]!;
  const share = shares[arm]!.toFixed(2);
  const style = `--share:${Math.round(100 * shares[arm]!)}%`;
  const answers = shown.answers.get(problemId);
  if (!answers?.byArm.has(shown.map.arms[arm]!))
    return html`<span class="share" style="${style}">${share}</span>`;
  const label = `${share} right, ${shown.map.arms[arm]!} on ${cut(answers.prompt, MOST_OF_LABEL)}: its answers`;
  return html`<a class="share" style="${style}" href="#${anchor(shown, row, arm)}" aria-label="${label}"
    >${share}</a
  >`;
}

function renderMap(shown: ShownMap): Markup {
  const { map, rows, answers } = shown;
  const place = new Map(rows.map((row, i) => [row, i]));
  const label = (row: ProblemRow): Markup =>
    html`<span id="${anchor(shown, place.get(row)!)}"
      >${cut(answers.get(row.problemId)?.prompt ?? row.problemId, MOST_OF_LABEL)}</span
    >`;
  const caption = `Share of right samples on ${map.split}, by problem and arm`;
  return html`<div class="map">
    ${renderTable(
      caption,
      [
        { title: 'problem', cell: label },
        ...map.arms.map((title, arm) => ({
          title,
          kind: 'number' as const,
          cell: (row: ProblemRow) => renderShare(shown, place.get(row)!, arm),
        })),
        ...(map.reference === null
          ? []
          : [
              {
                title: `${map.leader} − ${map.reference}`,
                kind: 'number' as const,
                cell: ({ change }: ProblemRow) => formatDifference(change!),
              },
            ]),
      ],
      rows,
    )}
  </div>`;
}

function renderSide(shown: ShownMap, row: number, arm: number): Markup {
  const { map, rows, answers } = shown;
  const { problemId, shares } = rows[row]!;
  const name = map.arms[arm]!;
  const samples = answers.get(problemId)!.byArm.get(name) ?? [];
  return html`<div class="side${name === map.reference ? ' reference' : ''}" id="${anchor(shown, row, arm)}">
    <h3>${name}</h3>
    <p class="numbers">${formatScore(shares[arm]!)} right over ${countNoun(map.runs[arm]!, 'run')}</p>
    ${samples.map(
      ({ verdict, completion }) =>
        html`<p><span class="tag ${verdict}">${verdict}</span></p>
          <pre>${cut(completion, MOST_OF_TEXT)}</pre>`,
    )}
  </div>`;
}

/** All arms' answers to a problem; the style sheet shows those of the arm whose cell was opened beside the reference's. */
function renderAnswers(shown: ShownMap, row: number): Markup | null {
  const found = shown.answers.get(shown.rows[row]!.problemId);
  if (found === undefined) return null;
  return html`<article class="answers" aria-label="Answers to one problem">
    <p>
      <a class="close" href="#${anchor(shown, row)}">Close</a> expected:
      <code>${cut(found.answer, MOST_OF_TEXT)}</code>
    </p>
    <pre>${cut(found.prompt, MOST_OF_TEXT)}</pre>
    <div class="sides">${shown.map.arms.map((_, arm) => renderSide(shown, row, arm))}</div>
  </article>`;
}

/** What of the problems and answers the page does not hold, and how to read it. */
function describeLimits(
  shown: readonly ShownMap[],
  { runs, finalSamples, imported }: ComparisonInput,
): string[] {
  const run = runs.find(({ id }) => id === finalSamples[0]?.runId);
  const rows = shown.reduce((sum, map) => sum + map.rows.length, 0);
  const missing = shown.reduce((sum, { map }) => sum + map.rows.length, 0) - rows;
  const unopened = rows - shown.reduce((sum, { answers }) => sum + answers.size, 0);
  const most = Math.max(...shown.map(({ leftOut }) => leftOut ?? 0));
  return [
    ...(missing === 0
      ? []
      : [
          `${countNoun(missing, 'problem')} on which the highest arm and the baseline differ by no more than ${formatScore(most)} are left out; evaluations.csv has all.`,
        ]),
    ...(run === undefined
      ? ['No text of a final sample is on record.']
      : [
          imported !== undefined
            ? 'Answers are the first of each problem in an arm’s first run; the shares are of all samples.'
            : `Answers are the few of each problem that a run keeps, of base seed ${run.baseSeed}, seed ${run.seed}; the shares are of all samples of all runs.`,
          ...(unopened === 0
            ? []
            : [`The answers to ${countNoun(unopened, 'problem')} would make the page too large.`]),
          ...(imported !== undefined
            ? []
            : [
                `A run’s answers, in the terminal: assay show ${run.id} --split ${finalSamples[0]!.phase} --samples 100`,
              ]),
        ]),
  ];
}

/** Which problems an arm solves and another does not; a cell opens the answers of its arm and of the baseline side by side. */
export function problemSection(analysis: Analysis, input: ComparisonInput): Section | null {
  const shown = showMaps(analysis, input);
  if (shown.length === 0) return null;
  const body = html`
    <p class="lead">
      What the highest arm gained most on stands first, what it lost most on last. A cell opens what its arm
      wrote beside what the baseline wrote.
    </p>
    ${shown.map(renderMap)}
    <p class="caption">${describeLimits(shown, input).join(' ')}</p>
    ${shown.map((map) => map.rows.map((_, row) => renderAnswers(map, row)))}
  `;
  return { id: 'problems', title: 'Problem by problem', body };
}

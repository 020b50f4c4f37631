import type { ImportFormat, OpenedSource, ReadOptions } from '../import-format.ts';
import type { SourceFile } from '../source-file.ts';
import type { SourceHeader, SourceSample } from '../source-sample.ts';
import { UnreadableSourceError } from '../unreadable-source-error.ts';
import { readInspectNotices, readInspectSeed, readInspectSettings } from './inspect-header.ts';
import { isInspectArchive, openInspectArchive, openInspectJson, type InspectLog } from './inspect-log.ts';
import { readInspectSample, readInspectScores, type SampleContext } from './inspect-sample.ts';
import { isObject, nameScores, parseScoreChoice, type ScoreChoice } from './inspect-score.ts';

/** What only Inspect's JSON logs start with. */
const JSON_MARKS = [/^\s*\{/, /"eval"\s*:\s*\{/, /"(?:run_id|task_id|task_version)"\s*:/, /"model"\s*:/];

/** A score that can be chosen; `scorer` gives several values where its names differ from its own. */
interface KnownScore {
  readonly scorer: string;
  readonly names: readonly string[];
}

/** Of the first sample that has scores, and of the header what that sample lacks. */
async function findKnownScores({ header, readSamples }: InspectLog): Promise<KnownScore[]> {
  const known = new Map<string, KnownScore>();
  for await (const sample of readSamples()) {
    const scores = Object.entries(readInspectScores(sample) ?? {});
    for (const [scorer, score] of scores)
      known.set(scorer, { scorer, names: nameScores(scorer, isObject(score) ? score.value : null) });
    if (scores.length > 0) break;
  }
  for (const { name, scorer = name } of header.results?.scores ?? [])
    if (scorer !== null && !known.has(scorer)) known.set(scorer, { scorer, names: [scorer] });
  return [...known.values()];
}

function chooseScore(path: string, known: readonly KnownScore[], asked: string | null): ScoreChoice | null {
  const names = known.flatMap((score) => score.names);
  if (asked === null && names.length === 0) return null;
  const name = asked ?? known[0]!.scorer;
  if (names.includes(name))
    return parseScoreChoice(
      name,
      known.map(({ scorer }) => scorer),
    );
  const listed = names.length === 0 ? 'none' : names.join(', ');
  const found = known.some(({ scorer }) => scorer === name)
    ? `the scorer \`${name}\` gives several values, choose one of them`
    : `there is no score \`${name}\``;
  throw new UnreadableSourceError(path, null, `${found}; the scores of this log are: ${listed}`);
}

async function* readSamples(log: InspectLog, context: SampleContext): AsyncGenerator<SourceSample> {
  for await (const sample of log.readSamples()) yield readInspectSample(sample, context);
}

function describeLog(log: InspectLog, choice: ScoreChoice | null, scorers: readonly string[]): SourceHeader {
  const { header } = log;
  const version = header.eval.packages?.inspect_ai;
  return {
    tool: version === undefined ? 'inspect_ai' : `inspect_ai ${version}`,
    model: header.eval.model,
    task: header.eval.task,
    scorer: choice === null ? null : choice.key === null ? choice.scorer : `${choice.scorer}/${choice.key}`,
    scorers,
    settings: readInspectSettings(header, choice?.scorer ?? null),
    notices: readInspectNotices(header, log.sampleCount),
  };
}

async function open(file: SourceFile, { scorer }: ReadOptions): Promise<OpenedSource> {
  const log = await (file.container === 'zip' ? openInspectArchive(file) : openInspectJson(file));
  if (log.sampleCount === 0)
    throw new UnreadableSourceError(
      file.path,
      null,
      'the log holds no samples, expected at least one: was it written with `--no-log-samples`, or only its header?',
    );
  const known = await findKnownScores(log);
  const choice = chooseScore(file.path, known, scorer);
  const context = { model: log.header.eval.model, seed: readInspectSeed(log.header), choice };
  return {
    header: describeLog(
      log,
      choice,
      known.flatMap(({ names }) => names),
    ),
    samples: readSamples(log, context),
  };
}

/** Logs of Inspect, as archive and as JSON. */
export const inspectFormat: ImportFormat = {
  name: 'inspect',
  description: 'Logs of Inspect (inspect_ai): `.eval` archives and `.json` logs',
  recognizes: (file) =>
    isInspectArchive(file) || (file.container === 'text' && JSON_MARKS.every((mark) => mark.test(file.head))),
  open,
};

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

async function findSampleScores({ readSamples }: InspectLog): Promise<KnownScore[]> {
  for await (const sample of readSamples()) {
    const scores = Object.entries(readInspectScores(sample) ?? {});
    if (scores.length > 0)
      return scores.map(([scorer, score]) => ({
        scorer,
        names: nameScores(scorer, isObject(score) ? score.value : null),
      }));
  }
  return [];
}

/** Of the first sample that has scores, and what the results name beyond it. */
async function findKnownScores(log: InspectLog): Promise<KnownScore[]> {
  const known = await findSampleScores(log);
  const inSample = new Set(known.map(({ scorer }) => scorer));
  const inResults = new Map<string, Set<string>>();
  for (const { name, scorer } of log.header.results?.scores ?? []) {
    const by = scorer ?? name;
    const names = inResults.get(by) ?? new Set();
    // Of a scorer that gives several values the results name each.
    inResults.set(by, names.add(name === by ? by : `${by}/${name}`));
  }
  const others = [...inResults].filter(([scorer]) => !inSample.has(scorer));
  return [...known, ...others.map(([scorer, names]) => ({ scorer, names: [...names] }))];
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

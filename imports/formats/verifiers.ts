import type { ImportFormat, OpenedSource } from '../import-format.ts';
import { peekRow, readFirstRows, readJsonLines, type JsonRow } from '../json-lines.ts';
import type { SourceFile } from '../source-file.ts';
import type { SourceSample } from '../source-sample.ts';
import { UnreadableSourceError } from '../unreadable-source-error.ts';
import {
  isRollout,
  listRewards,
  readMetadata,
  readRolloutsHeader,
  readSamplingSeed,
  toRolloutSample,
} from './verifiers-results.ts';
import {
  isEpisode,
  listAgents,
  listTraceScores,
  readProblemId,
  readTracesHeader,
  toEpisodeSamples,
} from './verifiers-traces.ts';

/** Rows that are read to tell what a file holds; those of long conversations are long. */
const FIRST_ROWS = 20;

/** How a row begins that is longer than what is seen of a file. */
const ROLLOUT_START = /^\s*\{\s*"example_id"\s*:\s*\d+\s*,\s*"prompt"\s*:/;
const EPISODE_START = /^\s*\{\s*"id"\s*:\s*"[^"]*"\s*,\s*"env"\s*:\s*\{.*"task"\s*:\s*\{\s*"type"\s*:/;

type Kind = 'rollouts' | 'episodes';

function recognize(head: string): Kind | null {
  const row = peekRow(head);
  if (row === null ? ROLLOUT_START.test(head) : isRollout(row)) return 'rollouts';
  if (row === null ? EPISODE_START.test(head) : isEpisode(row)) return 'episodes';
  return null;
}

function chooseScorer(path: string, scorers: readonly string[], wanted: string | null): string {
  const scorer = wanted ?? 'reward';
  if (scorers.includes(scorer)) return scorer;
  const found = `there is no score ${JSON.stringify(scorer)}`;
  throw new UnreadableSourceError(path, null, `${found}; it has ${scorers.join(', ')}`);
}

function refuseRow(path: string, line: number, row: JsonRow, expected: string): never {
  const found = JSON.stringify(row['example_id'] ?? row['task'])?.slice(0, 60);
  throw new UnreadableSourceError(
    path,
    line,
    `found the problem ${found ?? 'missing'}, expected ${expected}`,
  );
}

async function* readRollouts(
  file: SourceFile,
  scorer: string,
  seed: number | null,
): AsyncGenerator<SourceSample> {
  for await (const { number, row } of readJsonLines(file)) {
    const id = row['example_id'];
    if (typeof id !== 'string' && !Number.isSafeInteger(id))
      refuseRow(file.path, number, row, 'a number or name in example_id');
    yield toRolloutSample(row, String(id as string | number), scorer, seed);
  }
}

async function* readEpisodes(file: SourceFile, scorer: string, agent: string): AsyncGenerator<SourceSample> {
  for await (const { number, row } of readJsonLines(file)) {
    const problemId = isEpisode(row) ? readProblemId(row) : null;
    if (problemId === null)
      refuseRow(file.path, number, row, 'an episode with traces, ok, and id, idx or key of its task');
    yield* toEpisodeSamples(row, { problemId, scorer, agent });
  }
}

async function openRollouts(file: SourceFile, wanted: string | null): Promise<OpenedSource> {
  const rows = await readFirstRows(file, FIRST_ROWS);
  const scorers = [...new Set(rows.flatMap(listRewards))];
  const scorer = chooseScorer(file.path, scorers, wanted);
  const metadata = await readMetadata(file.path);
  const header = { ...(await readRolloutsHeader(file, metadata)), scorer, scorers };
  return { header, samples: readRollouts(file, scorer, readSamplingSeed(metadata)) };
}

async function openEpisodes(file: SourceFile, wanted: string | null): Promise<OpenedSource> {
  const rows = await readFirstRows(file, FIRST_ROWS);
  const scorers = [...new Set(rows.flatMap(listTraceScores))];
  const scorer = chooseScorer(file.path, scorers, wanted);
  const [agent = 'agent'] = listAgents(rows);
  const header = { ...readTracesHeader(rows, agent), scorer, scorers };
  return { header, samples: readEpisodes(file, scorer, agent) };
}

/** Rollouts that verifiers writes, `results.jsonl` up to version 0.3 and `traces.jsonl` after it; prime-rl writes both too. */
export const verifiers: ImportFormat = {
  name: 'verifiers',
  description: 'results.jsonl and traces.jsonl that verifiers and prime-rl write of an evaluation',
  recognizes: ({ container, head }) => container === 'text' && recognize(head) !== null,
  open: (file, { scorer }) =>
    recognize(file.head) === 'episodes' ? openEpisodes(file, scorer) : openRollouts(file, scorer),
};

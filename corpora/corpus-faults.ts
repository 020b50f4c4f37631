import { canonicalJson } from '../config/canonical.ts';
import type { SplitName } from '../config/training.ts';
import { TAUGHT_SPLITS } from '../tasks/problem.ts';
import type { Task } from '../tasks/task.ts';
import { countDrawable } from '../tasks/count-drawable.ts';
import { findTaskOfSplit } from '../tasks/task-of-split.ts';
import { expectDocuments } from './document-turns.ts';
import { listLessons, type Corpus, type PlacedSource } from './open-corpus.ts';

/** A model knows a task once: two tables of facts, say, would answer for one split. */
function listTaskClashes({ tasks }: Corpus, { source, place }: PlacedSource): string[] {
  return source.tasks.flatMap(({ name, options }) => {
    const known = tasks.find((task) => task.name === name)!;
    return canonicalJson(known.options) === canonicalJson(options)
      ? []
      : [
          `${place}: source ${source.name} brings task ${name} with options ${canonicalJson(options)}, but the base knows it with ` +
            `${canonicalJson(known.options)}; give both the same options`,
        ];
  });
}

/** Standard deviations by which more documents are expected than are needed: none of a million models lacks one. */
const MARGIN = 5;

/** What is to occur an exact number of times fits into the documents that its source writes, whatever the seed. */
function listNeedFaults(corpus: Corpus, placed: PlacedSource): string[] {
  const { source, place } = placed;
  if (source.needs === 0) return [];
  const { mean, variance } = expectDocuments(corpus, placed);
  const sure = Math.max(0, Math.floor(mean - MARGIN * Math.sqrt(variance)));
  return source.needs <= sure
    ? []
    : [
        `${place}: found options that need ${source.needs} documents, expected at most the ${sure} that its share is sure to give; ` +
          'raise the share or the steps, or ask for fewer exposures',
      ];
}

/** What in a corpus contradicts the condition's task or itself, each with its place in the recipe. */
export function listCorpusFaults(corpus: Corpus): string[] {
  return [...corpus.sources, ...corpus.stages.flat()].flatMap((placed) => {
    const fault = placed.source.findFault(corpus.task);
    return [
      ...(fault === null ? [] : [`${placed.place}.options.${fault}`]),
      ...listTaskClashes(corpus, placed),
      ...listNeedFaults(corpus, placed),
    ];
  });
}

interface AskedSplit {
  readonly split: SplitName;
  readonly problems: number;
}

/** Why a split of listed problems cannot give so many; null: it can, or its problems are generated. */
export function findRowsFault(task: Task, { split, problems }: AskedSplit): string | null {
  const rows = task.countProblems(split);
  if (rows === null || problems <= rows) return null;
  return (
    `found ${problems} problems, but split ${split} holds ${rows} of the rows of task ${task.name}; ask for ${rows} at most, ` +
    `give the split more of them (task.shares.${split}), or add rows`
  );
}

/** Why a split of generated problems cannot give so many different ones; null: it can, or its problems are listed. */
function findDrawFault(task: Task, { split, problems }: AskedSplit): string | null {
  if (task.countProblems(split) !== null) return null;
  const drawable = countDrawable(task, split, problems);
  return drawable === problems
    ? null
    : `found ${problems} problems, but split ${split} of task ${task.name} has ${drawable} in all; ask for no more, or enlarge the task through its options`;
}

/** Why a model of this corpus cannot be asked for so many problems of a split; null: it can. */
export function findSplitFault({ recipe, tasks }: Corpus, { split, problems }: AskedSplit): string | null {
  const task = findTaskOfSplit(tasks, split);
  if (task === null) {
    const known = tasks.map((task) => `${task.splits.join(', ')} (task ${task.name})`).join('; ');
    return `found ${problems} problems, but no task that the base knows has this split; it knows ${known}`;
  }
  const fault = findRowsFault(task, { split, problems });
  if (fault !== null) return fault;
  if (!TAUGHT_SPLITS.includes(split)) return findDrawFault(task, { split, problems });
  const lessons = listLessons(recipe).filter((lesson) => lesson.split === split);
  const [most] = lessons.sort((a, b) => b.problems - a.problems);
  if (most === undefined)
    return `found ${problems} problems, but no source of the base teaches any; add one that does to base.sources or base.stages`;
  return problems <= most.problems
    ? null
    : `found ${problems} problems, but base.${most.place} (${most.source}) teaches only ${most.problems}`;
}

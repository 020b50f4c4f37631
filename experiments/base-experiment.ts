import { fingerprint } from '../config/canonical.ts';
import { listLessons } from '../corpora/open-corpus.ts';
import { openTask } from '../tasks/index.ts';
import { declaredBases, findDeclaredBase } from './bases/index.ts';
import type { DeclaredBase } from './bases/declared-base.ts';
import { planRuns, type PlannedRun } from './plan-runs.ts';
import { parseRecipe } from './resolve/parse-recipe.ts';
import { resolveExperiment, type ResolvedExperiment } from './resolve/resolve.ts';

/** Enough for pass@64 with no problem alone moving it by more than a hundredth. */
const PROBLEMS = 96;
const SAMPLES = 64;

/** The card of one base model as an experiment: the untrained arm alone, on every split it can be asked about. */
export interface BaseExperiment {
  readonly declared: DeclaredBase;
  readonly experiment: ResolvedExperiment;
  /** The evaluation that the card is read from. */
  readonly run: PlannedRun;
}

/**
 * What makes and evaluates a named base model. All seeds of a recipe are base seeds of one experiment.
 *
 * @throws {InvalidSpecError} for an unknown name, with the nearest
 */
export function declareBaseExperiment(name: string, seed: number): BaseExperiment {
  const declared = findDeclaredBase(name, 'bases');
  const lessons = listLessons(parseRecipe(declared.recipe, `bases.${name}`));
  const leaked = lessons.filter(({ isLeak }) => isLeak).map(({ split }) => split);
  const { family, ...options } = declared.task;
  const { statesConfidence } = openTask(family, options);
  const experiment = resolveExperiment({
    name: `base-${name}`,
    question: `What does the base model ${name} know before any RL?`,
    task: { family },
    base: { recipe: name },
    controls: ['base'],
    bases: [seed],
    seeds: [0],
    evaluation: {
      splits: {
        ...Object.fromEntries(lessons.map(({ split, problems }) => [split, problems])),
        clean: PROBLEMS,
        harder: PROBLEMS,
      },
      samplesPerProblem: SAMPLES,
      probes: {
        'answer-confidence': {
          splits: ['clean'],
          kinds: statesConfidence ? ['answer', 'stated'] : ['answer'],
        },
        ...(lessons.some(({ split }) => split === 'knowledge') ? { 'knowledge-recall': {} } : {}),
        ...(leaked.length === 0 ? {} : { 'partial-prompt': { splits: ['clean', ...leaked] } }),
      },
    },
  });
  return { declared, experiment, run: planRuns(experiment)[0]! };
}

/** A recipe with its fingerprint, which covers its task and not its seed. */
export interface ListedBase {
  readonly name: string;
  readonly purpose: string;
  readonly recipeId: string;
}

/** Every named recipe, as `assay bases ls` shows them. */
export function listDeclaredBases(): ListedBase[] {
  return declaredBases.map(({ name, purpose }) => {
    const { base, task } = declareBaseExperiment(name, 0).experiment.conditions[0]!.condition;
    return { name, purpose, recipeId: fingerprint({ recipe: { ...base, seed: null }, task }) };
  });
}

import { fingerprint } from '../config/canonical.ts';
import type { CardGate, TrialArm } from '../config/card-gate.ts';
import type { Condition } from '../config/experiment.ts';
import type { Settings } from '../config/merge.ts';
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

/** The untrained arm of a card. */
function evaluationOf({ name, task: { family, ...options }, recipe }: DeclaredBase): Settings {
  const lessons = listLessons(parseRecipe(recipe, `bases.${name}`));
  const leaked = lessons.filter(({ isLeak }) => isLeak).map(({ split }) => split);
  const { statesConfidence } = openTask(family, options);
  return {
    splits: {
      ...Object.fromEntries(lessons.map(({ split, problems }) => [split, problems])),
      dev: PROBLEMS,
      clean: PROBLEMS,
      harder: PROBLEMS,
    },
    probes: {
      'answer-confidence': {
        splits: ['dev', 'clean'],
        kinds: statesConfidence ? ['answer', 'stated'] : ['answer'],
      },
      ...(lessons.some(({ split }) => split === 'knowledge') ? { 'knowledge-recall': {} } : {}),
      ...(leaked.length === 0 ? {} : { 'partial-prompt': { splits: ['clean', ...leaked] } }),
    },
  };
}

/** What all experiments about base models declare alike. */
function declare(declared: DeclaredBase, seeds: readonly number[], more: Settings): ResolvedExperiment {
  return resolveExperiment({
    question: `What does the base model ${declared.name} know before any RL?`,
    task: { family: declared.task.family },
    base: { recipe: declared.name },
    controls: [],
    bases: [...seeds],
    seeds: [0],
    evaluation: { splits: { dev: PROBLEMS, clean: PROBLEMS }, samplesPerProblem: SAMPLES, every: 0 },
    ...more,
  });
}

const baseArm = (declared: DeclaredBase): Settings => ({
  base: { scheme: 'base', evaluation: evaluationOf(declared) },
});

/**
 * What makes and evaluates a named base model. All seeds of a recipe are base seeds of one experiment.
 *
 * @throws {InvalidSpecError} for an unknown name, with the nearest
 */
export function declareBaseExperiment(name: string, seed: number): BaseExperiment {
  const declared = findDeclaredBase(name, 'bases');
  const experiment = declare(declared, [seed], { name: `base-${name}`, conditions: baseArm(declared) });
  return { declared, experiment, run: planRuns(experiment)[0]! };
}

/** Temperatures below 1 at which gates ask the base model itself, by the arm that samples at each. */
export const cooledArms: Readonly<Record<string, number>> = { 'at-0.7': 0.7, 'at-0.5': 0.5 };

/** As many updates, of as many rollouts or documents, as in the first trials of such bases. */
const TRIAL = { steps: 120, promptsPerStep: 32, groupSize: 8 };

/** What gates are measured by; a claim that asks whether there is anything to teach imitates in the same way. */
export const gateTrials = {
  // Advantages are centred and not scaled, and one update per batch clips nothing; beyond 3e-4 RL damages models of this size.
  truth: { scheme: 'dr-grpo', training: { ...TRIAL, optimizer: { learningRate: 3e-4, warmupSteps: 10 } } },
  // As pretraining: at 1e-3 the fit is not done after a trial (docs/substrates.md).
  imitation: {
    scheme: 'distillation',
    data: { from: 'task' },
    training: { ...TRIAL, optimizer: { learningRate: 3e-3, schedule: 'linear', warmupSteps: 10 } },
  },
} as const satisfies Readonly<Record<TrialArm, Settings>>;

/** The arms beside the untrained one that gates compare. */
function listGateArms(gates: readonly CardGate[]): Settings {
  const lifts = gates.flatMap(({ measure }) => (measure.of === 'lift' ? [measure] : []));
  const cooled = lifts.some(({ over }) => over === 'best-temperature') ? Object.entries(cooledArms) : [];
  return {
    ...Object.fromEntries(
      cooled.map(([arm, temperature]) => [arm, { scheme: 'base', evaluation: { temperature } }]),
    ),
    ...Object.fromEntries(lifts.map(({ arm }) => [arm, gateTrials[arm]])),
  };
}

/** What measures the gates of a named base model. */
export interface CheckExperiment {
  readonly declared: DeclaredBase;
  readonly gates: readonly CardGate[];
  readonly experiment: ResolvedExperiment;
  readonly recipeId: string;
  readonly gatesId: string;
}

/**
 * The untrained arm of the card on several base seeds, and the arms that the recipe's gates compare it with.
 *
 * @throws {InvalidSpecError} for an unknown name, with the nearest
 */
export function declareCheckExperiment(name: string, seeds: readonly number[]): CheckExperiment {
  const declared = findDeclaredBase(name, 'bases');
  const { gates = [] } = declared;
  const conditions = { ...baseArm(declared), ...listGateArms(gates) };
  const experiment = declare(declared, seeds, { name: `base-${name}-gates`, conditions });
  const arms = experiment.conditions.map(({ name: arm, id }) => ({ arm, id }));
  const recipeId = recipeIdOf(experiment.conditions[0]!.condition);
  return { declared, gates, experiment, recipeId, gatesId: fingerprint({ gates, arms }) };
}

/** Names a recipe with its task, whatever its seed. */
export function recipeIdOf({ base, task }: Pick<Condition, 'base' | 'task'>): string {
  return fingerprint({ recipe: { ...base, seed: null }, task });
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
    const { condition } = declareBaseExperiment(name, 0).experiment.conditions[0]!;
    return { name, purpose, recipeId: recipeIdOf(condition) };
  });
}

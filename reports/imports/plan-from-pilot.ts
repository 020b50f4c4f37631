import { neededProblems, pilotComponents, problemPower } from '../../stats/significance/problem-power.ts';
import { IncomparableError } from '../comparison/incomparable-error.ts';
import type { ImportedArm } from './imported-arm.ts';
import { pairArms } from './pair-arms.ts';
import { IMPORT_ALPHA } from './to-comparison-input.ts';

/** Samples per problem, and runs per arm, that a plan is made for. */
const SAMPLES = [1, 4, 16];
const RUNS = [1, 3, 5];

/** How many problems a design takes, and what the pilot's own problems would show with it. */
interface PlanRow {
  readonly samples: number;
  readonly runs: number;
  /** Null: a million do not do, because runs limit. */
  readonly problems: number | null;
  readonly powerOnPilotProblems: number;
}

/** What `assay compare --plan --json` prints. */
export interface Plan {
  readonly version: 1;
  readonly kind: 'plan';
  readonly arms: readonly [string, string];
  readonly effect: number;
  readonly power: number;
  readonly alpha: number;
  readonly pilot: {
    readonly problems: number;
    readonly runs: number;
    readonly components: ReturnType<typeof pilotComponents>;
  };
  readonly rows: readonly PlanRow[];
}

function planRows(plan: Omit<Plan, 'rows'>): PlanRow[] {
  const { pilot, effect, alpha, power } = plan;
  const { sampling, ...rest } = pilot.components;
  const components = { ...rest, sampling: sampling ?? 0 };
  const counts = sampling === null ? [1] : SAMPLES;
  const runs = rest.runs > 0 ? RUNS : [1];
  return runs.flatMap((ofRuns) =>
    counts.map((samples) => {
      const design = { samples, runs: ofRuns };
      return {
        ...design,
        problems: neededProblems({ effect, components, alpha, design }, power),
        powerOnPilotProblems: problemPower({
          ...{ effect, components, alpha },
          design: { ...design, problems: pilot.problems },
        }),
      };
    }),
  );
}

/**
 * Problems, samples and runs that show a difference, from the spread of a pilot.
 *
 * @throws IncomparableError unless the pilot has two arms with two common problems
 */
export function planFromPilot(
  arms: readonly ImportedArm[],
  { effect, power }: { readonly effect: number; readonly power: number },
): Plan {
  if (arms.length !== 2)
    throw new IncomparableError(
      `a plan is made from a pilot of two arms, found ${arms.map(({ name }) => name).join(', ')}`,
    );
  const { arms: paired, notices } = pairArms(arms);
  if (paired[0]!.runs[0]!.counts.length < 2)
    throw new IncomparableError(
      `a pilot needs two problems that both arms have a score for, found one; ${notices.join(' ')}`,
    );
  const [first, second] = paired;
  const inOrder = (arm: ImportedArm) =>
    arm.runs.map(({ counts }) => counts.toSorted((a, b) => (a.split + a.key < b.split + b.key ? -1 : 1)));
  const samples = [inOrder(first!), inOrder(second!)];
  const plan = {
    ...{ version: 1 as const, kind: 'plan' as const, arms: [first!.name, second!.name] as const },
    ...{ effect, power, alpha: IMPORT_ALPHA },
    pilot: {
      problems: samples[0]![0]!.length,
      runs: samples[0]!.length,
      components: pilotComponents(samples),
    },
  };
  return { ...plan, rows: planRows(plan) };
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

export function describePlan({ arms, effect, power, alpha, pilot, rows }: Plan): string[] {
  const { components } = pilot;
  return [
    `To show that ${arms[1]} is above ${arms[0]} where it truly is by ${effect}, with power ${percent(power)} at one-sided ${alpha}; spread as in the pilot of ${pilot.problems} problems:`,
    ...rows.map(
      ({ samples, runs, problems, powerOnPilotProblems }) =>
        `  ${samples} ${samples === 1 ? 'sample' : 'samples'} per problem${runs === 1 ? '' : `, ${runs} runs per arm`}: ` +
        (problems === null
          ? 'no number of problems does, because runs differ too much'
          : `${problems} problems (the pilot’s ${pilot.problems} would show it in ${percent(powerOnPilotProblems)})`),
    ),
    ...(components.sampling === null
      ? ['The pilot has single samples, so that what more samples per problem would gain cannot be told.']
      : []),
    ...(pilot.runs === 1
      ? [
          'The pilot has one run per arm: the plan is for these models as they are, not for training them again.',
        ]
      : []),
  ];
}

import type { Check } from '../../config/check.ts';
import type { Hypothesis } from '../../config/hypothesis.ts';
import type { LedgerTotal } from '../../db/queries/ledger.ts';
import type { AnswerCount } from '../../db/queries/judgements.ts';
import type { UnverifiedCount } from '../../db/queries/report-queries.ts';
import type { FlatSettings } from './differing-settings.ts';
import type { LockRecord } from './lock-record.ts';

import type { ForcedFormatCount } from './forced-formats.ts';

export type { LedgerTotal };

/** Plain rows a report is made from. `load-comparison.ts` fills them from the database; tests write them by hand. */
export interface ComparisonInput {
  readonly experiment: ExperimentRecord;
  /** What its launches were held to; null: it was never locked. */
  readonly lock: LockRecord | null;
  /** In declaration order, which is the order of every table and legend. */
  readonly conditions: readonly ConditionRecord[];
  readonly baseModels: readonly BaseModelRecord[];
  readonly runs: readonly RunRecord[];
  readonly evaluations: readonly EvaluationCount[];
  /** By run and split. */
  readonly unverified: readonly UnverifiedCount[];
  readonly metrics: readonly MetricPoint[];
  readonly stepTokens: readonly StepTokens[];
  readonly ledger: readonly LedgerTotal[];
  /** Ids of runs with a step that is not in the ledger, as in stores older than it. */
  readonly uncountedRuns: readonly string[];
  readonly probeScores: readonly ProbeScore[];
  readonly forcedFormats: readonly ForcedFormatCount[];
  readonly temperatures: readonly TemperatureCount[];
  readonly rewardByVerdict: readonly VerdictReward[];
  /** What rewards that are asked answered. */
  readonly answers: readonly AnswerCount[];
  readonly rollouts: readonly SampleRollout[];
  /** Of one run of each condition, on the split that a report leads with. */
  readonly finalSamples: readonly FinalSample[];
  /** Where other programs made the results: what is known of them in the place of runs; absent: they are runs of this one. */
  readonly imported?: ImportedResults;
}

/** What a report has to know of results that other programs made. */
export interface ImportedResults {
  readonly sources: readonly ImportedSource[];
  /** runs: the arms have several each, and verdicts speak of others like them; problems: one each, taken as it is. */
  readonly population: 'runs' | 'problems';
  /** One-sided level of verdicts. */
  readonly alpha: number;
  /** Scores between 0 and 1 occur: means stand in the place of pass@1, and nothing is said of other k. */
  readonly isGraded: boolean;
  /** What training again adds to the difference of two single runs, measured on runs of one recipe; absent: not told. */
  readonly noise?: RunNoise;
  /** What was left out of the comparison or does not match, a sentence each. */
  readonly notices: readonly string[];
}

/** A noise floor that a comparison is held to. */
export interface RunNoise {
  /** The file that it is from. */
  readonly source: string;
  /** Variance of the difference of two runs. */
  readonly share: { readonly variance: number; readonly degreesOfFreedom: number };
}

/** A file of results, as the provenance of an arm. */
export interface ImportedSource {
  readonly arm: string;
  readonly file: string;
  readonly sha256: string;
  readonly format: string;
  /** Tool, model, task, scorer and settings, as label → value. */
  readonly details: Readonly<Record<string, string>>;
  readonly samples: number;
  readonly failed: number;
}

interface ExperimentRecord {
  readonly name: string;
  readonly question: string;
  /** 64 hexadecimal digits; also seeds every interval of the report. */
  readonly fingerprint: string;
  /** Name of the condition the others are compared with. */
  readonly baseline: string;
  /** Where the claim comes from, e.g. an arXiv id and section. */
  readonly source: string | null;
  /** What the report decides, in declaration order. */
  readonly hypotheses: readonly Hypothesis[];
  /** By name: what must hold before the hypotheses that require it are tested. */
  readonly checks: Readonly<Record<string, Check>>;
}

export interface ConditionRecord {
  readonly name: string;
  readonly isControl: boolean;
  readonly schemeName: string;
  /** Train problems that its runs see again and again; null: fresh ones in every step. */
  readonly fixedProblems: number | null;
  readonly fingerprint: string;
  /** Those of its settings that are not alike in all conditions. */
  readonly settings: FlatSettings;
  readonly baseModelId: string;
}

export interface BaseModelRecord {
  readonly id: string;
  readonly name: string;
  readonly weightsSha256: string | null;
  /** What was planted on purpose in its corpus; null when nothing was. */
  readonly leak: {
    readonly problems: number;
    /** How often those problems occur in the corpus, all together. */
    readonly occurrences: number;
  } | null;
  /** Further facts of its recipe and making, as label → value. */
  readonly details: Readonly<Record<string, string>>;
}

export interface RunRecord {
  readonly id: string;
  readonly condition: string;
  /** Seed of the base model it started from. */
  readonly baseSeed: number;
  /** RL seed. */
  readonly seed: number;
  /** Of a version whose runs of one RL seed drew alike for every base. */
  readonly hasSharedDraws: boolean;
  readonly status: string;
  readonly stepsDone: number;
  readonly checkpointSha256: string | null;
  readonly failure: string | null;
  /** SHA-256 of the sources that computed it, several in their order with a space between; null: not on record. */
  readonly sources: string | null;
  /** The kinds of machine that computed its steps, as canonical JSON; more than one where it went on elsewhere. */
  readonly machines: readonly string[];
  /** Backend, device, versions, git revision…, as label → value. */
  readonly provenance: Readonly<Record<string, string>>;
}

/** One problem of one evaluation: n samples, c of them correct. `step` counts the training steps behind the checkpoint. */
export interface EvaluationCount {
  readonly runId: string;
  readonly split: string;
  readonly step: number;
  readonly problemId: string;
  /** What other problems it is alike with; absent: it stands for itself. */
  readonly cluster?: string;
  readonly n: number;
  /** Set where scores other than 0 and 1 occur; c is then their sum. */
  readonly isGraded?: true;
  readonly c: number;
  /** Completion tokens of all its samples, end tokens included; null: not told, in imported results. */
  readonly tokens: number | null;
  readonly correctAnswer: string;
  /** Each extracted answer (empty text: none could be extracted) → how many samples gave it. */
  readonly answers: Readonly<Record<string, number>>;
  /** Each completion format → samples in it, and correct ones. */
  readonly formats: Readonly<Record<string, { readonly n: number; readonly c: number }>>;
  /** Each stated confidence as a decimal (empty text: none stated) → the same; null when no format states one. */
  readonly confidences: Readonly<Record<string, { readonly n: number; readonly c: number }>> | null;
}

export interface MetricPoint {
  readonly runId: string;
  readonly step: number;
  readonly name: string;
  readonly value: number;
}

/** Tokens sampled in one training step. */
interface StepTokens {
  readonly runId: string;
  readonly step: number;
  readonly tokens: number;
}

/** One number that a probe measured on a run's final policy. */
interface ProbeScore {
  readonly runId: string;
  readonly step: number;
  readonly probe: string;
  readonly metric: string;
  /** Empty: the probe read no split. */
  readonly split: string;
  /** Below 0: one number for the whole run. */
  readonly problemIndex: number;
  readonly value: number;
}

/** One problem of dev at one of the temperatures that a run's final evaluation was chosen from. */
export interface TemperatureCount {
  readonly runId: string;
  readonly temperature: number;
  readonly problemId: string;
  readonly n: number;
  readonly c: number;
  /** Whether the final evaluation has this temperature. */
  readonly isChosen: boolean;
}

/** All training rollouts of a run with one true verdict, and what the scheme rewarded them with. */
interface VerdictReward {
  readonly runId: string;
  readonly verdict: string;
  readonly rollouts: number;
  readonly rewardMean: number;
}

/** One sampled token: its text, the behavior policy's entropy there, and what the scheme made it carry. */
export interface TokenTrace {
  readonly text: string;
  /** Nats. */
  readonly entropy: number;
  /** Null where the rollout was not shaped (evaluations). */
  readonly credit: number | null;
  /** What a credit rule multiplied its policy gradient by; null: no rule did. */
  readonly weight: number | null;
}

export interface SampleRollout {
  readonly runId: string;
  /** 'train', or the split of an evaluation. */
  readonly phase: string;
  readonly step: number;
  readonly problemId: string;
  readonly prompt: string;
  readonly completion: string;
  /** Null where the text cannot be told apart into its tokens. */
  readonly tokens: readonly TokenTrace[] | null;
  readonly answer: string;
  readonly verdict: string;
  /** Null where the rollout was not rewarded (evaluations). */
  readonly reward: number | null;
}

/** A sample of a final evaluation that is kept as a row; a run keeps a few of each problem. */
export type FinalSample = Pick<
  SampleRollout,
  'runId' | 'phase' | 'problemId' | 'prompt' | 'completion' | 'answer' | 'verdict'
>;

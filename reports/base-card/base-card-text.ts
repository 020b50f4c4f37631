import { CARD_KS, type BaseCard, type CardLeak, type CardSplit } from './base-card.ts';
import { formatDifference, formatScore } from '../text/format-number.ts';
import { markdownTable } from '../text/markdown-table.ts';

const MISSING = '–';

function score(value: number | null | undefined): string {
  return value === null || value === undefined ? MISSING : formatScore(value);
}

function passTable(splits: readonly CardSplit[]): string {
  const ks = CARD_KS.map((k) => `pass@${k}`);
  return markdownTable(
    ['split', 'problems', ...ks, 'most frequent answer right', 'never solved'],
    splits.map(({ split, problems, passAtK, majorityAccuracy, unsolved }) => [
      split,
      String(problems),
      ...CARD_KS.map((k) => score(passAtK[k])),
      score(majorityAccuracy),
      score(unsolved),
    ]),
  );
}

function formatTable(splits: readonly CardSplit[]): string {
  const rows = splits.flatMap(({ split, formats }) =>
    formats.map(({ format, share, accuracy }) => [split, format, score(share), score(accuracy)]),
  );
  return markdownTable(['split', 'format', 'share', 'accuracy'], rows);
}

function calibrationTable(splits: readonly CardSplit[]): string {
  const rows = splits.flatMap(({ split, calibration }) =>
    calibration === null
      ? []
      : [
          [
            split,
            score(calibration.meanConfidence),
            score(calibration.accuracy),
            score(calibration.ece),
            score(calibration.auroc),
          ],
        ],
  );
  return rows.length === 0
    ? ''
    : markdownTable(['split', 'mean confidence', 'accuracy', 'ECE', 'AUROC'], rows);
}

function leakLine({ problems, repeats, gap }: CardLeak): string {
  const planted = repeats === 0 ? 'none planted (control)' : `each ${repeats.toFixed(0)} times`;
  const gapText = gap === null ? MISSING : formatDifference(gap);
  return `Leak: ${problems} problems, ${planted}; pass@1 contaminated minus clean ${gapText}.`;
}

function probeTable(probes: BaseCard['probes']): string {
  const rows = probes.map(({ probe, split, metric, mean }) => [probe, split, metric, score(mean)]);
  return rows.length === 0 ? '' : markdownTable(['probe', 'split', 'metric', 'mean'], rows);
}

/** A base model's card as Markdown, as `assay bases show` prints it. */
export function toCardText(card: BaseCard): string {
  const blocks = [
    `## ${card.name}, seed ${card.seed}`,
    card.purpose,
    `Model ${card.baseModelId.slice(0, 12)}, weights ${card.weightsSha256.slice(0, 12)}, made ${card.madeAt}: ` +
      `${card.tokens} tokens, final loss ${card.finalLoss.toFixed(3)} nats.`,
    passTable(card.splits),
    formatTable(card.splits),
    calibrationTable(card.splits),
    card.leak === null ? '' : leakLine(card.leak),
    probeTable(card.probes),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

import { z } from 'zod';
import type { Reward, RewardInput } from './reward.ts';

/** What a completion is searched for: a text in it, or one of the task's formats. */
export const markerShape = {
  text: z
    .string()
    .min(1)
    .nullable()
    .default('[')
    .describe("The marker is this text anywhere in the completion; null: no text. '[' opens a scratchpad."),
  format: z
    .string()
    .nullable()
    .default(null)
    .describe('The marker is a completion in this one of the task’s formats; null: no format.'),
};

const optionsSchema = z
  .strictObject(markerShape)
  .refine(({ text, format }) => text !== null || format !== null, 'names no marker: set text or format');

/** Whether a completion holds the text or is in the format, whichever is named. */
export function hasMarker(
  { completion, format }: Pick<RewardInput, 'completion' | 'format'>,
  marker: { readonly text: string | null; readonly format: string | null },
): boolean {
  return (
    (marker.text !== null && completion.includes(marker.text)) ||
    (marker.format !== null && format === marker.format)
  );
}

/**
 * 1 when the completion shows the marker of a strategy, whatever its answer, else 0: what the "python" reward of Spurious
 * Rewards (arXiv 2506.10947) is for a policy that writes code. Unlike `format` with a name it asks for no readable answer.
 */
export const marker: Reward<z.infer<typeof optionsSchema>> = {
  name: 'marker',
  description: "1 when the completion shows a strategy's marker (a text, or a format), whatever it answers.",
  source: 'Spurious Rewards, arXiv 2506.10947 ("python")',
  optionsSchema,
  score: (input, options) => Number(hasMarker(input, options)),
};

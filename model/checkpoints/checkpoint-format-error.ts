/** A model directory is damaged or inconsistent: fetch it again or pick another checkpoint. */
export class CheckpointFormatError extends Error {
  override readonly name = 'CheckpointFormatError';
}

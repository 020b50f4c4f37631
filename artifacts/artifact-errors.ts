/** The file an artifact reference names is not there: restore it, or run the step that makes it again. */
export class ArtifactMissingError extends Error {
  override readonly name = 'ArtifactMissingError';
}

/** The file is there but its content is not what was recorded (half written, changed, disk fault). */
export class ArtifactDamagedError extends Error {
  override readonly name = 'ArtifactDamagedError';
}

/** A name that leads out of the store: whoever wrote it was not this program. */
export class ArtifactPathError extends Error {
  override readonly name = 'ArtifactPathError';
}

/** The directory belongs to another home: name that home, or another directory. */
export class ArtifactOwnerError extends Error {
  override readonly name = 'ArtifactOwnerError';
}

/** A file larger than this version of Node holds in memory: use a newer one. */
export class ArtifactTooLargeError extends Error {
  override readonly name = 'ArtifactTooLargeError';
}

/** No room left on the disk; nothing was replaced. Free some space and run the same command again. */
export class DiskFullError extends Error {
  override readonly name = 'DiskFullError';
}

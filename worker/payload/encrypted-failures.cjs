// CommonJS, since the Temporal client and worker load it by `require`. Also part of the workflow bundle.
const { DefaultFailureConverter } = require('@temporalio/common');

/** Moves messages and stack traces of failures into a payload, where the codec encrypts them too. */
exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });

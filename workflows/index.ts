export { baseModelWorkflow } from './base-model.ts';
export { evaluationWorkflow } from './evaluation.ts';
export { matrixWorkflow } from './matrix.ts';
export { runWorkflow } from './run.ts';

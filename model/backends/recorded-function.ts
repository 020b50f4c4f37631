import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import {
  encodeSavedModel,
  type AttributeTypes,
  type GraphNode,
  type NodeOutput,
  type OperationAttribute,
} from './graph-definition.ts';

/** A tensor as the native binding hands it out. */
interface NativeTensor {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** What is used of the native library's binding. */
interface NativeBinding extends AttributeTypes {
  executeOp(
    name: string,
    attributes: OperationAttribute[],
    inputs: number[],
    outputs: number,
  ): NativeTensor[];
  createTensor(shape: number[], dtype: number, values: ArrayBufferView): number;
  loadSavedModel(directory: string, tags: string): number;
  deleteSavedModel(session: number): void;
  runSavedModel(session: number, inputs: number[], inputNames: string, outputNames: string): NativeTensor[];
}

interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
  binding: NativeBinding;
  getInputTensorIds(tensors: readonly tf.Tensor[]): number[];
  createOutputTensor(tensor: NativeTensor): tf.Tensor;
}

/** A function of tensors with fixed shapes, replayed by the native library as one graph instead of one call per operation. */
export interface RecordedFunction {
  /** Takes tensors of the recorded shapes and dtypes; the caller disposes what it returns. */
  run(inputs: readonly tf.Tensor[]): tf.Tensor[];
  dispose(): void;
}

/** Whether the current backend can record functions. */
export function canRecord(): boolean {
  return tf.getBackend() === 'tensorflow';
}

/** Whether recorded functions may change an input's memory: on a GPU they would change a copy. */
export function canMutate(): boolean {
  return canRecord() && !(tf.backend() as unknown as NativeBackend).isUsingGpuDevice;
}

class Recording {
  readonly nodes: GraphNode[] = [];
  private readonly producers = new Map<number, NodeOutput>();

  addInput(tensor: NativeTensor, hasFreeShape: boolean): NodeOutput {
    const name = `input${this.nodes.length}`;
    const shape = hasFreeShape ? tensor.shape.map(() => -1) : tensor.shape;
    this.nodes.push({ kind: 'input', name, dtype: tensor.dtype, shape });
    const output = { node: name, index: 0 };
    this.producers.set(tensor.id, output);
    return output;
  }

  addConstant(tensor: NativeTensor, values: ArrayBufferView): void {
    const name = `constant${this.nodes.length}`;
    const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
    this.nodes.push({ kind: 'constant', name, dtype: tensor.dtype, shape: tensor.shape, content });
    this.producers.set(tensor.id, { node: name, index: 0 });
  }

  addOperation(
    call: { operation: string; attributes: OperationAttribute[]; inputs: number[] },
    outputs: readonly NativeTensor[],
  ): void {
    const name = `operation${this.nodes.length}`;
    const inputs = call.inputs.map((id) => this.find(id));
    const { operation, attributes } = call;
    this.nodes.push({ kind: 'operation', name, operation, attributes, inputs });
    outputs.forEach((output, index) => this.producers.set(output.id, { node: name, index }));
  }

  find(id: number): NodeOutput {
    const producer = this.producers.get(id);
    if (producer !== undefined) return producer;
    throw new TypeError(
      'a recorded function read a tensor that is neither its input nor made by it; pass that tensor as an input',
    );
  }
}

/** Runs `body` with every native operation noted in `recording`. */
function observe<Result>(backend: NativeBackend, recording: Recording, body: () => Result): Result {
  const { binding } = backend;
  const executeOp: NativeBinding['executeOp'] = (operation, attributes, inputs, count) => {
    const outputs = binding.executeOp(operation, attributes, inputs, count);
    recording.addOperation({ operation, attributes, inputs }, outputs);
    return outputs;
  };
  const createTensor: NativeBinding['createTensor'] = (shape, dtype, values) => {
    const id = binding.createTensor(shape, dtype, values);
    recording.addConstant({ id, shape: [...shape], dtype }, values);
    return id;
  };
  // The binding's own properties are read-only, so a heir stands in for it.
  backend.binding = Object.create(binding, {
    executeOp: { value: executeOp },
    createTensor: { value: createTensor },
  }) as NativeBinding;
  try {
    return body();
  } finally {
    backend.binding = binding;
  }
}

function loadGraph(binding: NativeBinding, nodes: readonly GraphNode[]): number {
  const directory = mkdtempSync(join(tmpdir(), 'assay-graph-'));
  try {
    writeFileSync(join(directory, 'saved_model.pb'), encodeSavedModel(nodes, binding));
    return binding.loadSavedModel(directory, 'serve');
  } finally {
    rmSync(directory, { recursive: true });
  }
}

interface Recorded {
  readonly backend: NativeBackend;
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly NodeOutput[];
  readonly outputs: readonly NodeOutput[];
  readonly session: number;
}

type Body = (inputs: readonly tf.Tensor[]) => tf.Tensor[];

/** TensorFlow's numbers of the dtypes that inputs may have. */
const DTYPES: Readonly<Record<string, number>> = { float32: 1, int32: 3 };

function record(body: Body, examples: readonly tf.Tensor[], hasFreeShapes: boolean): Recorded {
  const backend = tf.backend() as unknown as NativeBackend;
  const recording = new Recording();
  const inputs = backend.getInputTensorIds(examples).map((id, at) => {
    const { shape, dtype } = examples[at]!;
    return recording.addInput({ id, shape, dtype: DTYPES[dtype]! }, hasFreeShapes);
  });
  const outputs: NodeOutput[] = [];
  tf.tidy(() => {
    const tensors = observe(backend, recording, () => body(examples));
    for (const id of backend.getInputTensorIds(tensors)) outputs.push(recording.find(id));
  });
  const { nodes } = recording;
  return { backend, nodes, inputs, outputs, session: loadGraph(backend.binding, nodes) };
}

function formatOutput({ node, index }: NodeOutput): string {
  return `${node}:${index}`;
}

/** A call of the recorded graph that is given the values of `feeds`, any tensors of it, and returns those of `fetches`. */
function createRun(
  recorded: Recorded,
  feeds: readonly NodeOutput[],
  fetches: readonly NodeOutput[],
): (inputs: readonly tf.Tensor[]) => tf.Tensor[] {
  const { backend, session } = recorded;
  const feedList = feeds.map(formatOutput).join();
  const fetchList = fetches.map(formatOutput).join();
  return (inputs) =>
    backend.binding
      .runSavedModel(session, backend.getInputTensorIds(inputs), feedList, fetchList)
      .map((tensor) => backend.createOutputTensor(tensor));
}

/**
 * Calls `body` once on `examples` and records the native operations it made, as `tf.function` does elsewhere: control flow
 * in `body` is frozen, and tensors it makes from numbers become constants. Gradients taken inside are recorded like any
 * operation.
 *
 * @param options.freeShapes the graph takes inputs of other sizes too; that `body` depends on none of them is the caller's claim
 * @throws TypeError when `body` reads a tensor that is not among its inputs
 */
export function recordFunction(
  body: Body,
  examples: readonly tf.Tensor[],
  options: { freeShapes?: boolean } = {},
): RecordedFunction {
  const recorded = record(body, examples, options.freeShapes === true);
  return {
    run: createRun(recorded, recorded.inputs, recorded.outputs),
    dispose: () => recorded.backend.binding.deleteSavedModel(recorded.session),
  };
}

import {
  bytesField,
  floatField,
  integerField,
  messageField,
  textField,
  type Field,
} from './protobuf-writer.ts';

/** An operation's attribute as tfjs hands it to TensorFlow; `type` is one of the binding's TF_ATTR_* numbers. */
export interface OperationAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** Where an operation's input comes from: output `index` of the node `node`. */
export interface NodeOutput {
  readonly node: string;
  readonly index: number;
}

export type GraphNode =
  | {
      readonly kind: 'operation';
      readonly name: string;
      readonly operation: string;
      readonly attributes: readonly OperationAttribute[];
      readonly inputs: readonly NodeOutput[];
    }
  | {
      readonly kind: 'constant';
      readonly name: string;
      readonly dtype: number;
      readonly shape: readonly number[];
      readonly content: Uint8Array;
    }
  | {
      readonly kind: 'input';
      readonly name: string;
      readonly dtype: number;
      readonly shape: readonly number[];
    };

/** The numbers of tensorflow's AttrValue message, by what they hold. */
const ATTRIBUTE_FIELDS = { list: 1, text: 2, integer: 3, float: 4, boolean: 5, type: 6, shape: 7, tensor: 8 };

/** The binding's TF_ATTR_* constants. */
export type AttributeTypes = Readonly<
  Record<`TF_ATTR_${'STRING' | 'INT' | 'FLOAT' | 'BOOL' | 'TYPE' | 'SHAPE'}`, number>
>;

function shapeFields(shape: readonly number[]): Field[] {
  return shape.map((size) => messageField(2, [integerField(1, size)]));
}

/** An attribute's scalar value under the field number it has in AttrValue, which lists reuse. */
function scalarField(attribute: OperationAttribute, value: unknown, types: AttributeTypes): Field {
  switch (attribute.type) {
    case types.TF_ATTR_STRING:
      return textField(ATTRIBUTE_FIELDS.text, value as string);
    case types.TF_ATTR_INT:
      return integerField(ATTRIBUTE_FIELDS.integer, value as number);
    case types.TF_ATTR_FLOAT:
      return floatField(ATTRIBUTE_FIELDS.float, value as number);
    case types.TF_ATTR_BOOL:
      return integerField(ATTRIBUTE_FIELDS.boolean, Number(value));
    case types.TF_ATTR_TYPE:
      return integerField(ATTRIBUTE_FIELDS.type, value as number);
    default:
      throw new TypeError(
        `attribute ${attribute.name} has kind ${attribute.type}, which graphs do not record`,
      );
  }
}

function attributeField(attribute: OperationAttribute, types: AttributeTypes): Field {
  const { name, value } = attribute;
  let encoded: Field;
  if (attribute.type === types.TF_ATTR_SHAPE) {
    encoded = messageField(ATTRIBUTE_FIELDS.shape, shapeFields(value as number[]));
  } else if (Array.isArray(value)) {
    encoded = messageField(
      ATTRIBUTE_FIELDS.list,
      value.map((item) => scalarField(attribute, item, types)),
    );
  } else {
    encoded = scalarField(attribute, value, types);
  }
  return messageField(5, [textField(1, name), messageField(2, [encoded])]);
}

function plainAttribute(name: string, value: Field): Field {
  return messageField(5, [textField(1, name), messageField(2, [value])]);
}

function nodeFields(node: GraphNode, types: AttributeTypes): Field[] {
  if (node.kind === 'operation') {
    return [
      textField(1, node.name),
      textField(2, node.operation),
      ...node.inputs.map(({ node: from, index }) => textField(3, index === 0 ? from : `${from}:${index}`)),
      ...node.attributes.map((attribute) => attributeField(attribute, types)),
    ];
  }
  const dtype = plainAttribute('dtype', integerField(ATTRIBUTE_FIELDS.type, node.dtype));
  const shape = shapeFields(node.shape);
  if (node.kind === 'input') {
    const shapeAttribute = plainAttribute('shape', messageField(ATTRIBUTE_FIELDS.shape, shape));
    return [textField(1, node.name), textField(2, 'Placeholder'), dtype, shapeAttribute];
  }
  const tensor = [integerField(1, node.dtype), messageField(2, shape), bytesField(4, node.content)];
  const value = plainAttribute('value', messageField(ATTRIBUTE_FIELDS.tensor, tensor));
  return [textField(1, node.name), textField(2, 'Const'), dtype, value];
}

/** A graph version every TensorFlow 2 reads without its compatibility rewrites. */
const GRAPH_PRODUCER = 1087;

/** The bytes of a `saved_model.pb` with one graph, tagged `serve`. Nodes stand in an order in which inputs come first. */
export function encodeSavedModel(nodes: readonly GraphNode[], types: AttributeTypes): Uint8Array {
  const graph = [
    ...nodes.map((node) => messageField(1, nodeFields(node, types))),
    messageField(4, [integerField(1, GRAPH_PRODUCER)]),
  ];
  const metaGraph = [messageField(1, [textField(4, 'serve')]), messageField(2, graph)];
  return Buffer.concat([integerField(1, 1), messageField(2, metaGraph)]);
}

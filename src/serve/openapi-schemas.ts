/** The shapes of what is answered, as JSON Schema 2020-12, the dialect of OpenAPI 3.1. */

type Schema = Readonly<Record<string, unknown>>

/** An object that has all of these members, and perhaps the optional ones, and no others. */
function object(
  members: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema {
  return {
    type: 'object',
    properties: { ...members, ...optional },
    required: Object.keys(members),
    additionalProperties: false,
  }
}

const list = (items: Schema): Schema => ({ type: 'array', items })
const nullable = (type: string): Schema => ({ type: [type, 'null'] })
const text: Schema = { type: 'string' }
const count: Schema = { type: 'integer', minimum: 0 }
const share: Schema = { type: 'number', minimum: 0, maximum: 1 }

/** A reference to one of the schemas. */
export function schemaOf(name: SchemaName): Schema {
  return { $ref: `#/components/schemas/${name}` }
}

type SchemaName = keyof typeof schemas

const error = object({
  code: { ...text, description: 'A stable word for programs' },
  message: { ...text, description: 'What went wrong' },
  hint: { ...nullable('string'), description: 'What would be right' },
})

const prediction = object({ label: text, score: share })

const answer: Readonly<Record<string, Schema>> = {
  predictions: { ...list(ref('Prediction')), description: 'The most probable classes, the best first' },
  unknown: { type: 'boolean', description: 'Whether it is like no image of the training' },
  unfamiliarity: {
    ...nullable('number'),
    minimum: 0,
    description: 'How unlike; null where the model cannot tell',
  },
}

const heatmap: Schema = {
  ...object({
    rows: count,
    columns: count,
    values: { ...list(share), description: 'rows * columns numbers, row by row from the top left' },
  }),
  description:
    "What spoke for the most probable class, over the network's square; only where it was asked for",
}

const card: Schema = {
  type: 'object',
  description: 'Where the model comes from, and its figures on held-out images',
  required: ['createdBy', 'createdAt', 'backbone', 'data', 'training', 'figures'],
}

export const schemas: Readonly<
  Record<'Answer' | 'Answers' | 'Error' | 'ErrorDetail' | 'Health' | 'Model' | 'Prediction', Schema>
> = {
  Prediction: prediction,
  Answer: object(answer, { heatmap }),
  Answers: object({
    images: {
      ...list({
        oneOf: [
          object({ name: text, ...answer }, { heatmap }),
          object({ name: text, error: ref('ErrorDetail') }),
        ],
      }),
      description: 'One for each file of the form, in its order',
    },
  }),
  ErrorDetail: error,
  Error: object(
    { error: ref('ErrorDetail') },
    { images: list(object({ name: text, error: ref('ErrorDetail') })) },
  ),
  Model: object({
    name: text,
    classNames: { ...list(text), description: 'In the order of the outputs' },
    preprocessing: object({
      size: { ...count, description: 'Side of the square that the network sees, in pixels' },
      fit: { enum: ['squash', 'pad', 'crop'] },
      background: { ...list({ type: 'integer', minimum: 0, maximum: 255 }), minItems: 3, maxItems: 3 },
    }),
    heatmap: { type: 'boolean', description: 'Whether heat maps can be had' },
    card,
    reject: {
      ...nullable('object'),
      description: 'Above which unfamiliarity an image is unknown, and how that was measured',
    },
    limits: object({ body: count, images: count, pixels: count, queue: count }),
  }),
  Health: object({
    status: {
      enum: ['ok', 'degraded', 'down'],
      description:
        'Degraded: fewer threads of the network live than there should be; down: none, so that nothing is classified',
    },
    images: { ...count, description: 'Images that are waiting or in work' },
    threads: object({ alive: count, wanted: count }),
  }),
}

function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` }
}

/** Models inside models, as Keras and TensorFlow.js write them in JSON: class_name, config, layers. */
import { z } from 'zod'

/** A layer as the JSON holds it. */
export interface ConfigLayer {
  readonly className: string
  readonly name: string
  /** Empty unless the layer is itself a model. */
  readonly layers: readonly ConfigLayer[]
}

/** Deeper nesting than any real model's; a bound on recursion. */
const maxDepth = 16

const configSchema = z.object({ name: z.string().optional(), layers: z.array(z.unknown()).optional() })
/** Before Keras 2.2.3, a Sequential's config was the bare list of its layers. */
const bareList = (config: unknown): unknown => (Array.isArray(config) ? { layers: config } : config)
const layerSchema = z.object({ class_name: z.string(), config: z.preprocess(bareList, configSchema) })

/**
 * The layer or model that a JSON value describes, or null when it describes none.
 *
 * @param json a Keras config, or a TensorFlow.js `modelTopology` (which may wrap it in `model_config`)
 */
export function readTopology(json: unknown, depth = 0): ConfigLayer | null {
  const wrapped = z.object({ model_config: z.unknown() }).safeParse(json)
  const { success, data } = layerSchema.safeParse(wrapped.data?.model_config ?? json)
  if (!success || depth > maxDepth) return null
  const inner = (data.config.layers ?? []).map(layer => readTopology(layer, depth + 1))
  return {
    className: data.class_name,
    name: data.config.name ?? '',
    layers: inner.filter(layer => layer !== null),
  }
}

/** The names of the models below the outermost one, outer first. */
export function nestedModels(json: unknown): string[] {
  const inside = (layer: ConfigLayer): string[] =>
    layer.layers.filter(inner => inner.layers.length > 0).flatMap(inner => [inner.name, ...inside(inner)])
  const model = readTopology(json)
  return model === null ? [] : [model.name, ...inside(model)].filter(name => name !== '')
}

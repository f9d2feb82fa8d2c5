/** The description of the server for programs, in the OpenAPI 3.1 format. */
import { version } from '../util/version.ts'
import { schemaOf, schemas } from './openapi-schemas.ts'
import type { ServeLimits } from './options.ts'

type Json = Readonly<Record<string, unknown>>

/** The document; it says what a server with these limits does. */
export function openApi(limits: ServeLimits): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'An image classifier, served by Graft',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: {
      '/v1/classify': { post: classify(limits) },
      '/v1/model': {
        get: get('model', 'The classes, the preprocessing, the figures and the limits', schemaOf('Model')),
      },
      '/healthz': { get: get('health', 'Whether the server is there', schemaOf('Health')) },
      '/openapi.json': { get: get('description', 'This document', { type: 'object' }) },
      '/': {
        get: {
          operationId: 'page',
          summary: 'A page to try the classifier on',
          responses: {
            200: { description: 'The page', content: { 'text/html': { schema: { type: 'string' } } } },
            ...refusals(['403']),
          },
        },
      },
    },
    components: { schemas },
  }
}

function get(operationId: string, summary: string, schema: Json): Json {
  return { operationId, summary, responses: { 200: jsonResponse(summary, schema), ...refusals(['403']) } }
}

function classify({ body, images }: ServeLimits): Json {
  const file = { type: 'string', format: 'binary' }
  return {
    operationId: 'classify',
    summary: 'Say what images show',
    description: `A body that is an image file is answered with an Answer, a form with files with Answers. A body holds ${body} bytes at most, a form ${images} images. JPEG, PNG, WebP, GIF, AVIF and TIFF are read, told by their content.`,
    parameters: [
      parameter('top', 'How many classes to give', { type: 'integer', minimum: 1, default: 5 }),
      parameter('heatmap', 'Whether to say where the network looked', { enum: [0, 1], default: 0 }),
    ],
    requestBody: {
      required: true,
      content: {
        'image/*': { schema: file },
        'application/octet-stream': { schema: file },
        'multipart/form-data': { schema: { type: 'object', additionalProperties: file } },
      },
    },
    responses: {
      200: jsonResponse('What the images show', { anyOf: [schemaOf('Answer'), schemaOf('Answers')] }),
      ...refusals(['400', '403', '408', '413', '415', '422', '500', '503']),
    },
  }
}

function parameter(name: string, description: string, schema: Json): Json {
  return { name, in: 'query', description, schema }
}

function jsonResponse(description: string, schema: Json): Json {
  return { description, content: { 'application/json': { schema } } }
}

/** What a status means here. */
const meanings: Readonly<Record<string, string>> = {
  400: 'A parameter or a form that makes no sense, or an empty body',
  403: 'A name by which this server is not known',
  408: 'The request took too long to come',
  413: 'Too large a body, or too many images',
  415: 'A body that is JSON, or is compressed',
  422: 'No image that can be read',
  500: 'A failure of the server',
  503: 'Too much to do just now; the header Retry-After says when to ask again',
}

function refusals(statuses: readonly string[]): Json {
  const retry = { headers: { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' } } } }
  return Object.fromEntries(
    statuses.map(status => {
      const response = jsonResponse(meanings[status]!, schemaOf('Error'))
      return [status, status === '503' ? { ...response, ...retry } : response]
    }),
  )
}

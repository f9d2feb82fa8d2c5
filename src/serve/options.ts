/** What a server may be told, and what it does when it is not. */
import { availableParallelism } from 'node:os'
import { z } from 'zod'
import type { DecodeLimits } from '../pipeline/types.ts'
import { callback, checked, portNumber, text, threadCount } from '../util/options.ts'
import type { AccessEntry } from './desk.ts'

export interface ServeOptions {
  /** Default 127.0.0.1: this machine only. 0.0.0.0 or :: for every address. */
  readonly host?: string | undefined
  /** Default 7860; 0 for any that is free. */
  readonly port?: number | undefined
  /** More names by which a server on this machine only may be asked for, such as one behind a proxy. */
  readonly allowHosts?: readonly string[] | undefined
  /** Threads of the network, by default one for each core, 4 at most; decoding has threads of its own. */
  readonly threads?: number | undefined
  /** Threads that decode, by default one for each core, 16 at most. */
  readonly workers?: number | undefined
  readonly limits?: Partial<ServeLimits> | undefined
  /** Told of every answered request. */
  readonly onRequest?: ((entry: AccessEntry) => void) | undefined
}

/** What clients may take. */
export interface ServeLimits {
  /** Bytes of one body. */
  readonly body: number
  /** Bytes of all bodies that are held at once. */
  readonly bodies: number
  /** Images in one form. */
  readonly images: number
  /** Width times height of an image, as its file declares them. */
  readonly pixels: number
  /** Bytes that decoding one image is expected to hold. */
  readonly memory: number
  /** Seconds that decoding one image may take. */
  readonly decodeSeconds: number
  /** Images that may be waiting or in work. */
  readonly queue: number
  /** Connections at once. */
  readonly connections: number
  /** Seconds for the headers of a request. */
  readonly headerSeconds: number
  /** Seconds for a whole request. */
  readonly requestSeconds: number
}

export const defaultServeLimits: ServeLimits = {
  body: 32e6,
  bodies: 256e6,
  images: 32,
  pixels: 100e6,
  memory: 600e6,
  decodeSeconds: 10,
  queue: 256,
  connections: 2048,
  headerSeconds: 10,
  requestSeconds: 60,
}

/** Options with nothing left open. */
export type Settled = {
  readonly [K in Exclude<keyof ServeOptions, 'limits'>]-?: NonNullable<ServeOptions[K]>
} & { readonly limits: ServeLimits }

const shape = {
  host: text(),
  port: portNumber(),
  allowHosts: z.array(text()),
  threads: threadCount(),
  workers: threadCount(),
  limits: z.looseObject({}),
  onRequest: callback(),
}

/** @throws UserError `usage` for an option that cannot be used, RangeError for a limit that is no positive number */
export function settle(options: ServeOptions): Settled {
  checked(shape, options)
  const limits = { ...defaultServeLimits, ...options.limits }
  for (const [name, value] of Object.entries(limits))
    if (!(value > 0)) throw new RangeError(`Expected a limit "${name}" above 0. Received: ${value}`)
  return {
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 7860,
    allowHosts: options.allowHosts ?? [],
    threads: options.threads ?? Math.min(availableParallelism(), 4),
    workers: options.workers ?? Math.min(availableParallelism(), 16),
    onRequest: options.onRequest ?? (() => {}),
    limits,
  }
}

/** The limits of the decoder. */
export function decodeLimits({ body, pixels, memory, decodeSeconds }: ServeLimits): DecodeLimits {
  return { bytes: body, pixels, memory, seconds: decodeSeconds }
}

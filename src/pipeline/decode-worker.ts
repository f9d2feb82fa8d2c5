/** The module that a decode worker runs. */

import { serveDecoding } from './decode-server.ts'
import { decodeSource } from './decode-source.ts'

serveDecoding(decodeSource)

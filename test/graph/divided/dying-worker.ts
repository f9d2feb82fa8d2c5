/** A thread that ends in the middle of its first batch. */
import { workerData } from 'node:worker_threads'
import { waitFor } from '../../../src/graph/divided/counter.ts'
import type { PartData } from '../../../src/graph/divided/part.ts'

waitFor((workerData as PartData).asked, 1, 0)
process.exit(3)

/** A thread that answers once, and ends in the middle of its second batch. */
import { receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { Carrier } from '../../../src/graph/divided/carrier.ts'
import { countUp, waitFor } from '../../../src/graph/divided/counter.ts'
import type { PartData } from '../../../src/graph/divided/part.ts'

const { asked, answered, port } = workerData as PartData
waitFor(asked, 1, 0)
const carrier = receiveMessageOnPort(port)!.message as Carrier
port.postMessage({ carrier, failure: null }, [carrier.buffer])
countUp(answered)
waitFor(asked, 2, 0)
process.exit(3)

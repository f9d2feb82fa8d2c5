/** `npm run bench`: ratios of speed, each measured in one run, on whatever machine this is. */
import { availableParallelism } from 'node:os'
import { benchDashboard } from './dashboard.ts'
import { benchDecode } from './decode.ts'
import { benchSteps } from './step.ts'
import { benchTraining } from './training.ts'
import { benchWholeSteps } from './whole-step.ts'

const threads = Math.min(2, availableParallelism())
const print = (line: string): void => console.log(line)

print(`${threads} threads, Node ${process.version}, ${process.platform} ${process.arch}`)
await benchDecode(print, threads)
await benchSteps(print, threads)
await benchWholeSteps(print, threads)
await benchDashboard(print, threads)
for (const alpha of [0.35, 1]) await benchTraining(print, alpha, threads)

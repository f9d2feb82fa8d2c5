#!/usr/bin/env node
/** The `graft` command. */
import '../util/engine-telemetry.ts'
import { runCommandLine } from './command-line.ts'
import { processContext } from './process-context.ts'

const args = process.argv.slice(2)
const context = processContext(args.includes('--json'))
process.exitCode = await runCommandLine(args, context)
// What was left where it is when the user asked to stop would keep the process alive.
if (context.signal.aborted) process.exit()

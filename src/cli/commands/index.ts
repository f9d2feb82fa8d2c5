/** All commands, in the order in which help lists them. */
import type { CommandSpec } from '../command.ts'
import { compareSpec } from './compare-spec.ts'
import { dashboardSpec } from './dashboard-spec.ts'
import { distillSpec } from './distill-spec.ts'
import { evaluateSpec } from './evaluate-spec.ts'
import { exportSpec } from './export-spec.ts'
import { inspectSpec } from './inspect-spec.ts'
import { modelsSpec } from './models-spec.ts'
import { predictSpec } from './predict-spec.ts'
import { reportSpec } from './report-spec.ts'
import { serveSpec } from './serve-spec.ts'
import { trainSpec } from './train-spec.ts'

export const commands: readonly CommandSpec[] = [
  trainSpec,
  evaluateSpec,
  predictSpec,
  reportSpec,
  compareSpec,
  exportSpec,
  serveSpec,
  dashboardSpec,
  inspectSpec,
  distillSpec,
  modelsSpec,
]

/** Graft: teach a pretrained vision model your own classes. */

import './util/engine-telemetry.ts'

export { compareRuns } from './api/compare.ts'
export { type DistillRequest, distill } from './api/distill.ts'
export { type EvaluateOptions, type ExamplePredictions, evaluateRun } from './api/evaluate.ts'
export {
  type Exported,
  type ExportOptions,
  exportRun,
  type Quantization,
  type Verification,
} from './api/export.ts'
export { type Inspection, type InspectOptions, inspect } from './api/inspect.ts'
export { type WrittenReport, writeReport } from './api/report.ts'
export { type Training, type TrainRequest, train } from './api/train.ts'
export type { BundleCard, CardFigures } from './bundle/card.ts'
export {
  type Answer,
  type Classifier,
  type ClassifyOptions,
  type LoadOptions,
  load,
} from './bundle/classifier.ts'
export type { HeatMap } from './bundle/heat-colour.ts'
export { type Explanation, heatMapModel, heatMaps } from './bundle/heat-maps.ts'
export type { ClassifierInput, RawPixels } from './bundle/inputs.ts'
export type { Prediction } from './bundle/ranking.ts'
export { type DatasetOptions, readDataset } from './dataset/dataset.ts'
export { type SplitOptions, splitDataset } from './dataset/split.ts'
export type { Dataset, Example, Missing, Source, Split } from './dataset/types.ts'
export type { DistillOptions } from './distill/options.ts'
export type { DistillEvent, DistillFigures, DistillRecord } from './distill/types.ts'
export type { Evaluation } from './evaluate/evaluation.ts'
export type { Finding, FindingKind, Severity } from './inspect/types.ts'
export type { Comparison, RunPair, RunSummary } from './report/compare.ts'
export { type Dashboard, type DashboardOptions, openDashboard } from './serve/dashboard/open-dashboard.ts'
export type { ServeLimits, ServeOptions } from './serve/options.ts'
export { type Server, serve } from './serve/server.ts'
export type { TrainOptions } from './train/options.ts'
export type {
  EpochRecord,
  Figures,
  Outcome,
  Phase,
  Plan,
  TrainEvent,
  WatchedExample,
} from './train/types.ts'
export { type ErrorCode, UserError } from './util/errors.ts'
export { version } from './util/version.ts'

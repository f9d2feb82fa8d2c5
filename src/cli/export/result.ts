/** What the terminal says of an export: its folder, what the verification found, and what to do next. */
import type { Exported, Quantization } from '../../api/export.ts'
import type { ExportTarget } from '../../export/targets.ts'
import type { VerifiedFile } from '../../export/verify.ts'
import { formatBytes, formatPercent } from '../../util/format.ts'
import { counted } from '../../util/words.ts'
import { printable } from '../terminal/text.ts'

/** The lines for standard output. */
export function exportLines({ out, bytes, verification }: Exported, to: ExportTarget): string[] {
  const { images, files, quantization } = verification
  const checks =
    images === 0
      ? ['not verified: no validation image was compared']
      : [`verified on ${counted(images, 'validation image')} of the run:`, ...files.map(verifiedLine)]
  return [
    `${printable(out)}: ${formatBytes(bytes)}`,
    ...(quantization === null ? [] : [quantizedLine(quantization)]),
    ...checks,
    ...nextLines[to](printable(out)),
  ]
}

function quantizedLine({ type, calibrated, before, after }: Quantization): string {
  const [from, to] = [before, after].map(accuracy => formatPercent(accuracy, 2))
  return `${type}, calibrated on ${counted(calibrated, 'training image')}: validation accuracy ${from} before, ${to} after`
}

function verifiedLine({ file, engine, largestDifference, changedAnswers }: VerifiedFile): string {
  const changed = changedAnswers === 0 ? 'no answer changed' : `${counted(changedAnswers, 'answer')} changed`
  return `  ${file} (${engine}): probabilities within ${rounded(largestDifference)}, ${changed}`
}

/** Up, to five digits: what is said to be within is within. */
function rounded(difference: number): string {
  return Math.max(1e-5, Math.ceil(difference * 1e5) / 1e5).toFixed(5)
}

const nextLines: Readonly<Record<ExportTarget, (out: string) => string[]>> = {
  web: out => ['', `next: put the folder on any web server; to look at it here: npx serve ${out}`],
  onnx: out => ['', `next: ${out}/README.md says how to run it in Python and JavaScript`],
  tfjs: out => ['', `next: ${out}/README.md says how a page runs it`],
}

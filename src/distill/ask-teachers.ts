/** Every view of every image answered by every teacher, before the student sees the first one. */
import type { TrainingData } from '../train/data.ts'
import { counted, listed } from '../util/words.ts'
import { type DistillerContext, paced } from './context.ts'
import { momentsOf } from './moments.ts'
import type { Target } from './network.ts'
import { epochsOf } from './schedule.ts'
import { openTeacher, type Teacher } from './teacher.ts'
import type { DistillPlan } from './types.ts'
import { openViews, type Views } from './views.ts'

/** Images by which features are standardised. */
const measured = 4096

/** What the teachers said, on disk, and what it takes to learn from it. */
export interface Answers {
  readonly views: Views
  /** Each teacher's parts. */
  readonly parts: readonly (readonly Target[])[]
  readonly digests: readonly string[]
}

/** Asks what is not on disk yet, and tells which images could not be read. */
export async function askTeachers(
  plan: DistillPlan,
  cache: string,
  context: DistillerContext,
  data: TrainingData,
): Promise<Answers> {
  const teachers: Teacher[] = []
  try {
    for (const path of plan.teachers) teachers.push(await openTeacher(path, plan.teacherSize, plan.threads))
    const views = openViews(plan, data, teachers, cache)
    if (!views.areKept) tellTaken(context, cache)
    const train = data.train()
    const total = train.length * plan.views + data.validation().length
    const report = paced(context, (done: number) =>
      context.emit({ event: 'progress', stage: 'teacher', epoch: null, epochs: epochsOf(plan), done, total }),
    )
    for (let view = 0; view < plan.views; view++) {
      const positions = view === 0 ? [...train, ...data.validation()] : data.train()
      const before = view === 0 ? 0 : view * train.length + data.validation().length
      await views.ensure(positions, view, done => report(before + done))
      context.signal.throwIfAborted()
    }
    tellUnreadable(context, data)
    return {
      views,
      parts: partsOf(plan, data, views, teachers),
      digests: teachers.map(({ digest }) => digest),
    }
  } finally {
    for (const teacher of teachers) await teacher.close()
  }
}

/** Each teacher's parts with the moments of its answers to some images. */
function partsOf(
  plan: DistillPlan,
  data: TrainingData,
  views: Views,
  teachers: readonly Teacher[],
): Target[][] {
  const some = data.train().slice(0, measured)
  const pixels = new Uint8Array(some.length * plan.student.size ** 2 * 3)
  const widths = teachers.map(({ parts }) => parts.reduce((sum, { length }) => sum + length, 0))
  const answers = widths.map(width => new Float32Array(some.length * width))
  views.read(some, 0, pixels, answers)
  return teachers.map(({ parts }, teacher) => {
    let start = 0
    return parts.map(part => {
      const moments = momentsOf(answers[teacher]!, widths[teacher]!, start, part.length)
      start += part.length
      return { ...part, moments }
    })
  })
}

function tellTaken({ emit }: DistillerContext, cache: string): void {
  emit({
    event: 'note',
    message: `another process uses the cache "${cache}", so the teachers are asked anew, and nothing of it is kept; --cache names another folder`,
  })
}

function tellUnreadable({ emit }: DistillerContext, { unreadable }: TrainingData): void {
  if (unreadable.size === 0) return
  const names = [...unreadable.values()].map(({ id }) => id)
  emit({
    event: 'note',
    message: `${counted(names.length, 'image')} could not be read and ${names.length === 1 ? 'is' : 'are'} left out: ${listed(names)}`,
  })
}

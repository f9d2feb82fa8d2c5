/** The user's own folder. */
import { homedir, tmpdir, userInfo } from 'node:os'

/** Also where HOME is empty, as services leave it: then by the user database, else the folder for temporary files. */
export function homeFolder(): string {
  try {
    return homedir() || userInfo().homedir || tmpdir()
  } catch {
    return tmpdir()
  }
}

/** Lines of comma-separated values (RFC 4180). */

/** One line, quoted where a value needs it. */
export function csvLine(values: readonly string[]): string {
  return `${values.map(value => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)).join(',')}\n`
}

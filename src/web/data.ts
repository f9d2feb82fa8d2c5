/** What the page was given along with itself. */

/** The JSON in the page's element `#data`. */
export function pageData<T>(): T {
  return JSON.parse(document.getElementById('data')!.textContent ?? 'null') as T
}

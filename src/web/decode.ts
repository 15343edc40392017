/** Data blocks of the page: gzipped text in base64. */

async function inflated(base64: string): Promise<string> {
  const letters = atob(base64.trim())
  const bytes = new Uint8Array(letters.length)
  for (let at = 0; at < letters.length; at++) bytes[at] = letters.charCodeAt(at)
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Response(stream).text()
}

/** The texts of every block of a class, in the order of the page. */
export const blocks = (name: string): Promise<string[]> =>
  Promise.all([...document.querySelectorAll(`script.${name}`)].map((block) => inflated(block.textContent)))

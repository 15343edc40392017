/** Data blocks of the page: gzipped text in base64. */

async function inflated(base64: string): Promise<string> {
  const bytes = Uint8Array.from(atob(base64.trim()), (letter) => letter.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Response(stream).text()
}

/** The texts of every block of a class, in the order of the page. */
export const blocks = (name: string): Promise<string[]> =>
  Promise.all([...document.querySelectorAll(`script.${name}`)].map((block) => inflated(block.textContent)))

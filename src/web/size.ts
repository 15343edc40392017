/** The width of the page in CSS pixels, as a signal. */
import { signal } from '@preact/signals'

export const pageWidth = signal(innerWidth)

addEventListener('resize', () => {
  pageWidth.value = innerWidth
})

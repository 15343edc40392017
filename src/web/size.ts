/** The width of the page in CSS pixels, as a signal. */
import { computed, signal } from '@preact/signals'

export const pageWidth = signal(innerWidth)

addEventListener('resize', () => {
  pageWidth.value = innerWidth
})

/** Below this the page has one column. As in the style sheet. */
const NARROW_PX = 900

export const isNarrow = computed(() => pageWidth.value < NARROW_PX)

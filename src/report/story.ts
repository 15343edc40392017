/** The story of a scenario in paragraphs and items of lists (lines that begin with a hyphen), each as one line. */
export const storyParts = (story: string): string[] =>
  story
    .split(/\n\s*\n|\n(?=\s*- )/)
    .map((part) => part.replace(/\s+/g, ' ').trim())
    .filter((part) => part !== '')

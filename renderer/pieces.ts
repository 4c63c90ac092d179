/** Items processed together: few enough to fit into a frame. */
const PER_PIECE = 200

/** The items in pieces, with a pause to draw before each. */
export async function* inPieces<T>(items: readonly T[]): AsyncGenerator<readonly T[], void, void> {
  for (let at = 0; at < items.length; at += PER_PIECE) {
    if (at > 0) await new Promise((resolve) => setTimeout(resolve, 0))
    yield items.slice(at, at + PER_PIECE)
  }
}

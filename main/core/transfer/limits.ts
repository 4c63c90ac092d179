/** How long a transfer waits for its streams, in milliseconds. */
export interface StreamLimits {
  /** Sender: for the connections to the data port, before it uses an HTTPS body. */
  readonly dataPortMs: number
  /**
   * Receiver: for a body that replaces streams which broke before any content. Longer than `dataPortMs`: the sender closes
   * its open connections when it gives up on the last one.
   */
  readonly replaceMs: number
  /** Receiver: from the answer to an offer to the last of its streams. */
  readonly allStreamsMs: number
  /** Receiver: for the next file of a LocalSend device after an upload broke off. */
  readonly brokenUploadMs: number
}

export const STREAM_LIMITS: StreamLimits = {
  dataPortMs: 2000,
  replaceMs: 5000,
  allStreamsMs: 30_000,
  brokenUploadMs: 10_000,
}

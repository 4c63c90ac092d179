/** How long a transfer waits for its streams, in milliseconds. */
export interface StreamLimits {
  /** Sender: for the connections to the data port, before the bytes go in the HTTPS body. */
  readonly dataPortMs: number
  /**
   * Receiver: for a body in the place of streams that broke before content came. Longer than `dataPortMs`: the sender closes the
   * connections that it has when it gives up the last one.
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

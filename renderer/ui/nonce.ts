/** The nonce of this page: style elements without it are refused by the Content-Security-Policy. */
export function pageNonce(): string | undefined {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content
}

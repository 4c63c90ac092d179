/** The nonce of this page: the Content-Security-Policy blocks style elements without it. */
export function pageNonce(): string | undefined {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content
}

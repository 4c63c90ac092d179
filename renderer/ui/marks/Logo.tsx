/** The mark: a pipe that bends, as a penstock does. */
export function Logo({ size = 20 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden>
      <path d="M2 2.5h4.6v5.2a4.4 4.4 0 0 0 4.4 4.4h7v4.6h-7a9 9 0 0 1-9-9z" fill="var(--accent)" />
    </svg>
  )
}

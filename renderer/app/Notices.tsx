import { CircleAlert, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { invoke } from '../bridge.ts'
import { useWords } from '../i18n/words.ts'
import { notify, useUi } from '../state/ui.ts'
import { Button } from '../ui/controls/Button.tsx'
import { IconButton } from '../ui/controls/IconButton.tsx'
import { SideIcon } from '../ui/marks/SideIcon.tsx'

interface NoticeProps {
  readonly summary: string
  readonly next: string
  readonly onDismiss: () => void
  readonly action?: ReactNode
}

function Notice({ summary, next, onDismiss, action }: NoticeProps) {
  const { words } = useWords()
  return (
    <div
      role="alert"
      className="selectable flex animate-fade items-start gap-3 rounded-card border border-bad bg-bad-soft px-4 py-3"
    >
      <SideIcon icon={CircleAlert} tone="bad" />
      <p className="min-w-0 flex-1 break-words">
        <strong className="font-semibold">{summary}</strong> {next}
      </p>
      {action}
      <IconButton label={words.notices.dismiss} onClick={onDismiss}>
        <X size={14} aria-hidden />
      </IconButton>
    </div>
  )
}

function ProblemNotice() {
  const { explain } = useWords()
  const problem = useUi((state) => state.problem)
  return problem === null ? null : <Notice {...explain(problem)} onDismiss={() => notify(null)} />
}

async function showLog(): Promise<void> {
  const shown = await invoke('showLog', {})
  if (!shown.ok) notify(shown.problem)
}

async function dismissTrouble(): Promise<void> {
  const dismissed = await invoke('dismissTrouble', {})
  if (!dismissed.ok) notify(dismissed.problem)
}

function TroubleNotice() {
  const { words } = useWords()
  const trouble = useUi((state) => state.trouble)
  if (!trouble) return null
  return (
    <Notice
      summary={words.trouble.summary}
      next={words.trouble.next}
      onDismiss={() => void dismissTrouble()}
      action={
        <Button size="small" onClick={() => void showLog()}>
          {words.trouble.showLog}
        </Button>
      }
    />
  )
}

/** Problems outside of a transfer, at the foot of the window. */
export function Notices() {
  return (
    <div className="pointer-events-none fixed bottom-4 left-1/2 z-50 flex w-[480px] max-w-[calc(100%-32px)] -translate-x-1/2 flex-col gap-2 *:pointer-events-auto">
      <TroubleNotice />
      <ProblemNotice />
    </div>
  )
}

import type { Activity, ClosingAnswer } from '../../../main/contract/ipc.ts'
import { invoke } from '../../bridge.ts'
import { useWords } from '../../i18n/words.ts'
import { notify } from '../../state/ui.ts'
import { Button } from '../../ui/controls/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'

async function answer(given: ClosingAnswer): Promise<void> {
  const result = await invoke('answerClosing', { answer: given })
  if (!result.ok) notify(result.problem)
}

/** Asks what to do with running work when the user closes the application. The work may end while this is open. */
export function ClosingDialog({ activity }: { readonly activity: Activity }) {
  const { words, fill } = useWords()
  const { transfers, comparing } = activity
  const busy = transfers > 0 || comparing
  const stop = (
    <Button look={busy ? 'danger' : 'primary'} onClick={() => void answer('stop')}>
      {busy ? words.closing.stop : words.closing.quit}
    </Button>
  )
  return (
    <Dialog
      wide
      onClose={() => void answer('cancel')}
      title={words.closing.title}
      foot={
        <>
          <Button onClick={() => void answer('cancel')}>{words.cancel}</Button>
          {stop}
          {busy && (
            <Button look="primary" onClick={() => void answer('keep')}>
              {words.closing.keep}
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-3 pb-3" data-testid="closing">
        <p>
          {!busy && words.closing.nothing}
          {transfers > 0 && fill(words.closing.transfers, { transfers })}{' '}
          {comparing && words.closing.comparing}
        </p>
        {busy && (
          <>
            <p className="text-ink-2">{words.closing.background}</p>
            <p className="text-ink-2">{words.closing.stopping}</p>
          </>
        )}
      </div>
    </Dialog>
  )
}

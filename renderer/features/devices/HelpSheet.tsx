import { useState } from 'react'
import { invoke } from '../../bridge.ts'
import { useWords } from '../../i18n/words.ts'
import { useSettings } from '../../state/settings.ts'
import { openPage } from '../../state/ui.ts'
import { Button } from '../../ui/controls/Button.tsx'
import { Sheet } from '../../ui/Dialog.tsx'
import { addressWithPort } from './address.ts'
import { startTrying } from './DevicePanel.tsx'

const STEPS = ['running', 'network', 'firewall', 'address'] as const

/** What to do if a device does not appear. */
export function HelpSheet() {
  const { words, fill } = useWords()
  const addresses = useSettings((state) => state.self.addresses)
  const port = useSettings((state) => state.self.port)
  const [looking, setLooking] = useState(false)
  const look = async (): Promise<void> => {
    setLooking(true)
    await invoke('look', {})
    setLooking(false)
  }
  const shown =
    addresses.length === 0
      ? words.help.noAddress
      : addresses.map((address) => addressWithPort(address, port)).join(', ')
  return (
    <Sheet
      onClose={() => openPage(null)}
      title={words.help.title}
      foot={
        <>
          <Button
            onClick={() => {
              openPage(null)
              void startTrying()
            }}
          >
            {words.help.tryHere}
          </Button>
          <Button look="primary" disabled={looking} onClick={() => void look()}>
            {looking ? words.help.looking : words.help.again}
          </Button>
        </>
      }
    >
      <p className="pb-4 text-ink-2">{words.help.lead}</p>
      <ol className="flex flex-col gap-4 pb-4">
        {STEPS.map((step, index) => (
          <li key={step} className="flex gap-3">
            <span
              aria-hidden
              className="flex size-6 shrink-0 items-center justify-center rounded-full bg-sunken text-xs font-semibold"
            >
              {index + 1}
            </span>
            <div>
              <h3 className="font-semibold">{words.help.steps[step].title}</h3>
              <p className="selectable text-ink-2">
                {fill(words.help.steps[step].text, { addresses: shown })}
              </p>
            </div>
          </li>
        ))}
      </ol>
    </Sheet>
  )
}

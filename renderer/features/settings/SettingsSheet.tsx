import { useState } from 'react'
import { formatFingerprint, visible } from '../../../main/messages/index.ts'
import { invoke } from '../../bridge.ts'
import { useWords } from '../../i18n/words.ts'
import { changeSettings, useSettings } from '../../state/settings.ts'
import { notify, openPage } from '../../state/ui.ts'
import { Button } from '../../ui/controls/Button.tsx'
import { CheckboxField } from '../../ui/controls/CheckboxField.tsx'
import { Choice } from '../../ui/controls/Choice.tsx'
import { Sheet } from '../../ui/Dialog.tsx'
import { Field, Group, TextInput } from '../../ui/controls/Field.tsx'
import { MiddleEllipsis } from '../../ui/text/MiddleEllipsis.tsx'
import { SelectField } from '../../ui/controls/Select.tsx'
import { TrustedDevices } from '../trust/TrustedDevices.tsx'
import { bufferOptions, useTechniqueOptions } from './options.ts'

const THEMES = ['system', 'light', 'dark'] as const
const LANGUAGES = ['system', 'en', 'zh'] as const

function ThisDevice() {
  const { words, fill } = useWords()
  const settings = useSettings((state) => state.settings)
  const self = useSettings((state) => state.self)
  const [alias, setAlias] = useState(settings.alias ?? '')
  const keep = (): void => {
    const name = alias.trim()
    const next = name === '' ? null : name
    if (next !== settings.alias) void changeSettings({ alias: next })
  }
  const choose = async (): Promise<void> => {
    const chosen = await invoke('choose', { what: 'target' })
    if (!chosen.ok) notify(chosen.problem)
    else if (chosen.value[0] !== undefined) await changeSettings({ folder: chosen.value[0] })
  }
  return (
    <Group title={words.settings.device}>
      <Field label={words.settings.alias} help={fill(words.settings.aliasText, { host: self.hostName })}>
        {(id, helpId) => (
          <TextInput
            id={id}
            aria-describedby={helpId}
            value={alias}
            maxLength={64}
            placeholder={visible(self.hostName)}
            onChange={(event) => setAlias(event.currentTarget.value)}
            onBlur={keep}
            onKeyDown={(event) => event.key === 'Enter' && keep()}
          />
        )}
      </Field>
      <Field label={words.settings.folder}>
        {(id) => (
          <div className="flex items-center gap-2">
            <MiddleEllipsis
              text={settings.folder}
              className="selectable h-8 flex-1 items-center rounded-control bg-sunken px-2.5 leading-8"
            />
            <Button id={id} onClick={() => void choose()}>
              {words.settings.change}
            </Button>
          </div>
        )}
      </Field>
      <div className="flex flex-col gap-1">
        <span className="text-xs font-medium text-ink-2">{words.settings.fingerprint}</span>
        <p className="selectable font-mono text-2xs break-words text-ink-2">
          {formatFingerprint(self.fingerprint)}
        </p>
      </div>
    </Group>
  )
}

/** Who can send to this device, and with what. */
function Receiving() {
  const { words } = useWords()
  const settings = useSettings((state) => state.settings)
  const [pin, setPin] = useState(settings.pin ?? '')
  const keep = (): void => {
    const next = pin === '' ? null : pin
    if (next !== settings.pin) void changeSettings({ pin: next })
  }
  return (
    <Group title={words.settings.receiving}>
      <Field label={words.settings.pin} help={words.settings.pinText}>
        {(id, helpId) => (
          <TextInput
            id={id}
            aria-describedby={helpId}
            className="max-w-40"
            value={pin}
            maxLength={64}
            onChange={(event) => setPin(event.currentTarget.value)}
            onBlur={keep}
            onKeyDown={(event) => event.key === 'Enter' && keep()}
          />
        )}
      </Field>
      <div className="flex flex-col gap-1">
        <CheckboxField
          label={words.settings.hidden}
          checked={settings.hidden}
          onChange={(hidden) => void changeSettings({ hidden })}
        />
        <p className="pl-6 text-xs text-ink-3">{words.settings.hiddenText}</p>
      </div>
    </Group>
  )
}

/** All settings; changes apply at once. */
export function SettingsSheet() {
  const { words } = useWords()
  const settings = useSettings((state) => state.settings)
  const techniques = useSettings((state) => state.techniques)
  const sendOptions = useTechniqueOptions(techniques.send)
  const receiveOptions = useTechniqueOptions(techniques.receive)
  return (
    <Sheet onClose={() => openPage(null)} title={words.settings.title}>
      <ThisDevice />
      <TrustedDevices />
      <Receiving />
      <Group title={words.settings.security}>
        <Choice
          label={words.settings.security}
          value={settings.security}
          onChange={(security) => void changeSettings({ security })}
          options={[
            { value: 'encrypted', text: words.send.encrypted, note: words.send.encryptedText },
            { value: 'clear', text: words.send.clear, note: words.send.clearText },
          ]}
        />
      </Group>
      <Group title={words.settings.transfers}>
        <SelectField
          label={words.settings.technique}
          value={settings.technique}
          options={sendOptions}
          onChange={(technique) => void changeSettings({ technique })}
        />
        <SelectField
          label={words.settings.receiveTechnique}
          value={settings.receiveTechnique}
          options={receiveOptions}
          onChange={(receiveTechnique) => void changeSettings({ receiveTechnique })}
        />
        <SelectField
          label={words.settings.buffer}
          value={String(settings.bufferBytes)}
          options={bufferOptions(settings.bufferBytes)}
          onChange={(value) => void changeSettings({ bufferBytes: Number(value) })}
        />
        <CheckboxField
          label={words.settings.leaveOutSystemFiles}
          checked={settings.leaveOutSystemFiles}
          onChange={(leaveOutSystemFiles) => void changeSettings({ leaveOutSystemFiles })}
        />
      </Group>
      <Group title={words.settings.look}>
        <div className="grid grid-cols-2 gap-3">
          <SelectField
            label={words.settings.theme}
            value={settings.theme}
            options={THEMES.map((value) => ({ value, text: words.settings.themes[value] }))}
            onChange={(theme) => void changeSettings({ theme })}
          />
          <SelectField
            label={words.settings.language}
            value={settings.language}
            options={LANGUAGES.map((value) => ({ value, text: words.settings.languages[value] }))}
            onChange={(language) => void changeSettings({ language })}
          />
        </div>
        <p className="text-xs text-ink-3">{words.settings.saved}</p>
      </Group>
    </Sheet>
  )
}

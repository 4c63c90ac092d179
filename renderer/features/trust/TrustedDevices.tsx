import { ShieldCheck, Trash2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { trustedName, type TrustedDevice } from '../../../main/contract/trust.ts'
import { formatFingerprint, visible } from '../../../main/messages/index.ts'
import { useWords } from '../../i18n/words.ts'
import { useDevices } from '../../state/devices.ts'
import { changeTrusted, forgetTrusted, pair, refreshTrusted, useTrust } from '../../state/trust.ts'
import { Button } from '../../ui/controls/Button.tsx'
import { CheckboxField } from '../../ui/controls/CheckboxField.tsx'
import { Field, Group, TextInput } from '../../ui/controls/Field.tsx'
import { Select } from '../../ui/controls/Select.tsx'
import { SideIcon } from '../../ui/marks/SideIcon.tsx'
import { MiddleEllipsis } from '../../ui/text/MiddleEllipsis.tsx'
import { Sentence } from '../../ui/text/Name.tsx'
import { deviceOptions } from '../devices/DeviceRow.tsx'

function Row({ device }: { readonly device: TrustedDevice }) {
  const { words, fill } = useWords()
  const { fingerprint, alwaysAccept, mayClear, since } = device
  const name = trustedName(device)
  const [typed, setTyped] = useState(name)
  const [forgetting, setForgetting] = useState(false)
  useEffect(() => setTyped(name), [name])
  const rename = (): void => {
    const next = typed.trim()
    if (next === '') setTyped(name)
    else if (next !== name) void changeTrusted(fingerprint, { name: next })
  }
  return (
    <li>
      <details className="group rounded-card border border-line" data-testid="trusted">
        <summary className="flex cursor-default list-none items-center gap-2.5 rounded-card px-3 py-2 hover:bg-sunken">
          <SideIcon icon={ShieldCheck} size={16} tone="good" />
          <MiddleEllipsis text={name} className="flex-1 text-sm font-semibold" />
          <span className="shrink-0 text-xs text-ink-2">
            {alwaysAccept ? words.trust.alwaysAccept : words.trust.asks}
          </span>
        </summary>
        <div className="flex flex-col gap-3 border-t border-line px-3 py-3">
          <Field label={words.trust.name}>
            {(id) => (
              <TextInput
                id={id}
                value={typed}
                maxLength={64}
                onChange={(event) => setTyped(event.currentTarget.value)}
                onBlur={rename}
                onKeyDown={(event) => event.key === 'Enter' && rename()}
              />
            )}
          </Field>
          <CheckboxField
            label={words.trust.alwaysAccept}
            checked={alwaysAccept}
            onChange={(next) => void changeTrusted(fingerprint, { alwaysAccept: next })}
          />
          <div className="flex flex-col gap-1">
            <CheckboxField
              label={words.trust.mayClear}
              checked={mayClear}
              onChange={(next) => void changeTrusted(fingerprint, { mayClear: next })}
            />
            <p className={mayClear ? 'pl-6 text-xs text-bad' : 'pl-6 text-xs text-ink-3'}>
              {words.trust.mayClearText}
            </p>
          </div>
          <div className="flex items-start justify-between gap-3">
            <div className="min-w-0 text-2xs text-ink-3">
              <p>{fill(words.trust.since, { date: since.slice(0, 10) })}</p>
              <p className="selectable font-mono text-balance">{formatFingerprint(fingerprint)}</p>
            </div>
            <Button
              size="small"
              look={forgetting ? 'danger' : 'plain'}
              onBlur={() => setForgetting(false)}
              onClick={() => (forgetting ? void forgetTrusted(fingerprint) : setForgetting(true))}
            >
              <Trash2 size={14} aria-hidden />
              {forgetting ? words.trust.forgetSure : words.trust.forget}
            </Button>
          </div>
          {forgetting && (
            <p role="status" className="text-xs text-ink-2">
              <Sentence template={words.trust.forgetText} params={{ name }} />
            </p>
          )}
        </div>
      </details>
    </li>
  )
}

/** A menu of the Penstocks nearby that are not trusted, and the button that requests a pairing. */
function PairNearby() {
  const speech = useWords()
  const { words } = speech
  const devices = useDevices((state) => state.devices)
  const [to, setTo] = useState('')
  const strangers = devices.filter(
    ({ trusted, demo, kind, protocol }) => !trusted && !demo && kind === 'penstock' && protocol === 'https',
  )
  if (strangers.length === 0) return <p className="text-xs text-ink-3">{words.trust.nobodyNearby}</p>
  const chosen = strangers.find(({ id }) => id === to) ?? (strangers.length === 1 ? strangers[0] : undefined)
  return (
    <div className="flex items-center gap-2">
      <Select
        label={words.trust.pairWith}
        value={chosen?.id ?? ''}
        placeholder={words.trust.pairWith}
        options={deviceOptions(strangers, speech)}
        onChange={setTo}
      />
      <Button disabled={chosen === undefined} onClick={() => chosen && void pair(chosen.id)}>
        {words.trust.pair}
      </Button>
    </div>
  )
}

/** The devices that the user trusts, in the settings. */
export function TrustedDevices() {
  const { words } = useWords()
  const trusted = useTrust((state) => state.trusted)
  useEffect(() => void refreshTrusted(), [])
  return (
    <Group title={words.trust.title}>
      {trusted.length === 0 ? (
        <p className="text-sm text-ink-2">{words.trust.empty}</p>
      ) : (
        <ul className="flex flex-col gap-1.5">
          {trusted.map((device) => (
            <Row key={device.fingerprint} device={device} />
          ))}
        </ul>
      )}
      <PairNearby />
    </Group>
  )
}

/** What the user knows of the device in the send sheet, with the way to more. */
export function DeviceTrust({
  id,
  confirmed,
  onConfirm,
}: {
  readonly id: string
  readonly confirmed: boolean
  readonly onConfirm: (confirmed: boolean) => void
}) {
  const { words, fill } = useWords()
  const device = useDevices((state) => state.devices.find((one) => one.id === id))
  if (device === undefined || device.demo) return null
  const { namesake, trusted, protocol, kind, fingerprint } = device
  if (namesake !== null) {
    return (
      <div role="alert" className="flex flex-col gap-2 rounded-card border border-bad px-3 py-2.5 text-sm">
        <p className="text-bad">
          <Sentence template={words.accept.namesake} params={{ name: namesake }} />
        </p>
        {fingerprint !== '' && (
          <p className="selectable font-mono text-2xs text-balance text-ink-2">
            {formatFingerprint(fingerprint)}
          </p>
        )}
        <CheckboxField
          label={fill(words.trust.otherDevice, { name: visible(namesake) })}
          checked={confirmed}
          onChange={onConfirm}
        />
      </div>
    )
  }
  if (trusted) {
    return (
      <p className="flex items-center gap-2 text-xs text-ink-2">
        <SideIcon icon={ShieldCheck} size={14} tone="good" />
        {words.trust.trusted}
      </p>
    )
  }
  if (protocol === 'http') return <p className="text-xs text-ink-2">{words.trust.unproved}</p>
  return (
    <div className="flex items-center justify-between gap-2">
      <span className="text-xs text-ink-2">
        {kind === 'penstock' ? words.trust.notTrusted : words.trust.notTrustedLocalSend}
      </span>
      {kind === 'penstock' && (
        <Button size="small" onClick={() => void pair(id)}>
          {words.trust.pair}
        </Button>
      )}
    </div>
  )
}

import { isAlias } from '../../contract/alias.ts'
import { alias, choice, wrongUse, type Given } from './options.ts'

/** What `penstock devices` does after it, besides listing. */
export const DEVICES_ACTIONS = ['rename', 'trust', 'forget'] as const

/** `penstock devices`. `device` is a name or a fingerprint; permissions that are null stay as they are. */
export type DevicesArgs = { readonly command: 'devices' } & (
  | { readonly action: 'list' }
  | { readonly action: 'rename'; readonly device: string; readonly name: string }
  | {
      readonly action: 'trust'
      readonly device: string
      readonly name: string | null
      readonly alwaysAccept: boolean | null
      readonly mayClear: boolean | null
    }
  | { readonly action: 'forget'; readonly device: string }
)

const NEEDS = { rename: 'DEVICE NAME', trust: 'DEVICE', forget: 'DEVICE' } as const

function switched(given: Given, option: 'always-accept' | 'unencrypted'): boolean | null {
  return given.has(option) ? choice(given, option, ['on', 'off'], 'off') === 'on' : null
}

/** Parses the words and options after `penstock devices`. Throws `usage`. */
export function devicesArgs(given: Given, words: readonly string[]): DevicesArgs {
  const command = 'devices'
  const [word, device, name, ...extra] = words
  const action = word === undefined ? 'list' : DEVICES_ACTIONS.find((one) => one === word)
  if (action === undefined) throw wrongUse('devices-action', { value: word ?? '' })
  const stray = (['name', 'always-accept', 'unencrypted'] as const).find((option) => given.has(option))
  if (action !== 'trust' && stray !== undefined)
    throw wrongUse('option-elsewhere', { option: `--${stray}`, command: `${command} ${action}` })
  if (action === 'list') return { command, action }
  const wanted = action === 'rename' ? 2 : 1
  const surplus = wanted === 1 ? name : extra[0]
  if (surplus !== undefined) throw wrongUse('too-many-words', { command, value: surplus })
  if (device === undefined || (action === 'rename' && name === undefined))
    throw wrongUse('devices-words', { action, needs: NEEDS[action] })
  if (action === 'forget') return { command, action, device }
  if (action === 'rename') {
    if (name === undefined || !isAlias(name)) throw wrongUse('name-in-use', { value: name ?? '' })
    return { command, action, device, name }
  }
  const [alwaysAccept, mayClear] = [switched(given, 'always-accept'), switched(given, 'unencrypted')]
  return { command, action, device, name: alias(given, 'name'), alwaysAccept, mayClear }
}

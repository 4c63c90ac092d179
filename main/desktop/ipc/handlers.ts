import { chooseNewFile, choosePaths, describe, showInFolder } from '../window/dialogs.ts'
import { answerRequests } from './ipc.ts'
import type { Services } from '../services/services.ts'
import type { Shell } from '../shell.ts'

/** Answers the window from the services. A request waits for their start, and fails with its error. */
export function answerFrom(started: Promise<Services>, shell: Shell): void {
  const nothing = {}
  answerRequests(() => shell.window.now, {
    open: async () => {
      shell.window.pageOpened()
      const whole = await (await started).whole()
      return { ...whole, ...shell.state, opened: shell.opened.take() }
    },
    probe: async ({ address }) => (await started).probe(address),
    look: async () => {
      await (await started).look()
      return nothing
    },
    describe: ({ paths }) => describe(paths),
    choose: ({ what }) => choosePaths(shell.window.now, what),
    send: async (request) => ({ key: (await started).send(request) }),
    copy: async (request) => ({ key: (await started).copy(request) }),
    cancel: async ({ key }) => {
      ;(await started).cancel(key)
      return nothing
    },
    setTechnique: async (request) => {
      ;(await started).setTechnique(request)
      return nothing
    },
    forget: async ({ key }) => {
      ;(await started).forget(key)
      return nothing
    },
    show: async ({ key }) => {
      showInFolder(await (await started).whereIs(key))
      return nothing
    },
    offered: async ({ offerId, from }) => (await started).offered(offerId, from),
    answerOffer: async (request) => {
      await (await started).answerOffer(request)
      return nothing
    },
    trusted: async () => (await started).trust.list(),
    changeTrusted: async (request) => {
      await (await started).trust.change(request)
      return nothing
    },
    forgetTrusted: async ({ fingerprint }) => {
      await (await started).trust.forget(fingerprint)
      return nothing
    },
    pair: async ({ to }) => {
      ;(await started).trust.pair(to)
      return nothing
    },
    answerPairing: async (request) => {
      ;(await started).trust.answer(request)
      return nothing
    },
    changeSettings: async (change) => (await started).changeSettings(change),
    answerClosing: ({ answer }) => {
      shell.closing.take(answer)
      return nothing
    },
    dismissTrouble: () => {
      shell.lastResort.dismiss()
      return nothing
    },
    showLog: () => {
      showInFolder(shell.errorLog.path)
      return nothing
    },
    tryHere: async () => (await started).tryHere(),
    startCompare: async (request) => {
      ;(await started).comparison.start(request)
      return nothing
    },
    stopCompare: async () => {
      await (await started).comparison.stop()
      return nothing
    },
    saveCompare: async (request) => {
      const path = await chooseNewFile(shell.window.now, `penstock-compare.${request.as}`)
      if (path !== null) await (await started).comparison.save(path, request)
      return { path }
    },
  })
}

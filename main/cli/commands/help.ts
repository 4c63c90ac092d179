import packageJson from '../../../package.json' with { type: 'json' }
import type { CommandName } from '../args/words.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { helpEn } from '../../messages/en/help.ts'
import { helpZh } from '../../messages/zh/help.ts'

/** `penstock help [command]`: with `--json` the same text as one object. */
export function help(args: { readonly about: CommandName | null }, { output }: Context): ExitCode {
  const pages = output.language === 'zh' ? helpZh : helpEn
  const page = pages[args.about ?? 'overview'].trim()
  output.event({ event: 'help', about: args.about, text: page })
  output.print(page)
  return EXIT.done
}

/** `penstock --version`. */
export function version({ output }: Context): ExitCode {
  output.event({ event: 'version', version: packageJson.version })
  output.print(packageJson.version)
  return EXIT.done
}

// A process with one thread that waits in a call to the file system, given a pipe that has no writer, and an Interrupt.
import { open } from 'node:fs'
import { Interrupt } from '../../../main/cli/interrupt.ts'

open(process.argv[2] ?? '', 'r', () => undefined)
new Interrupt().listen(() => process.stdout.write('stopping\n'))
process.stdout.write('ready\n')

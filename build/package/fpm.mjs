#!/usr/bin/env node
import { buildDeb } from './linux/deb.mjs'
import { understand } from './linux/fpm-arguments.mjs'
import { buildRpm } from './linux/rpm.mjs'

/**
 * Replaces fpm, which electron-builder would download: it accepts the few arguments that electron-builder passes and runs
 * Debian's dpkg-deb and rpmbuild. A networked release uses fpm itself, with the same arguments.
 */
const wanted = understand(process.argv.slice(2))
if (wanted.type === 'deb') buildDeb(wanted)
else if (wanted.type === 'rpm') buildRpm(wanted)
else throw new Error(`Only deb and rpm can be made here, not ${wanted.type}`)
